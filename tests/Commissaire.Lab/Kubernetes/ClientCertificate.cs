namespace Commissaire.Lab.Kubernetes;

/// <summary>A certificate a client may show, and its key, as PEM files.</summary>
public sealed record ClientCertificate(string CertificatePath, string KeyPath);
