namespace Commissaire.Lab.Hosts;

/// <summary>The host key a host has at the moment.</summary>
internal sealed class HostKeys(HostFiles files, HostKeyType type, string comment)
{
    public HostKey Current { get; private set; } = new("", "");

    public async Task Change(CancellationToken ct) =>
        Current = await HostKey.Generate(files.InRoot("etc/" + SshdConfig.HostKeyFile), type, comment, ct);
}
