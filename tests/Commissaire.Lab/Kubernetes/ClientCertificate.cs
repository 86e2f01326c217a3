namespace Commissaire.Lab.Kubernetes;

/// <summary>A client certificate and its key, as PEM files.</summary>
public sealed record ClientCertificate(string CertificatePath, string KeyPath);
