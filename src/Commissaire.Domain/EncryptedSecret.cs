namespace Commissaire;

/// <summary>
/// A secret on its way to the secret store: its ID there, and its envelope. The entity that owns it stores it once it accepts the command
/// that brings it.
/// </summary>
public sealed record EncryptedSecret(string Id, ReadOnlyMemory<byte> Envelope);
