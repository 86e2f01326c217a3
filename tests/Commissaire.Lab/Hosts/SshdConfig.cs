using System.Collections.Immutable;
using System.Net;

namespace Commissaire.Lab.Hosts;

/// <summary>The sshd_config of a host: one address, only key authentication, and no limits on many quick connections.</summary>
internal sealed record SshdConfig(IPAddress Address, int Port, Version SshdVersion, string? ForceCommand)
{
    /// <summary>The lines that replace those of the lab.</summary>
    public ImmutableArray<string> Own { get; init; } = [];

    public const string HostKeyFile = "ssh/ssh_host_key";

    // Of most settings sshd uses the first value, but of some the last.
    public override string ToString() =>
        string.Join('\n', [.. Own, .. Lines.Split('\n').Where(line => !Own.Any(own => Setting(own) == Setting(line)))]);

    private string Lines =>
        $"""
        ListenAddress {Address}
        Port {Port}
        HostKey /etc/{HostKeyFile}
        PidFile none
        UsePAM yes
        UseDNS no
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        AuthorizedKeysFile .ssh/authorized_keys
        LogLevel VERBOSE
        MaxStartups 10000
        MaxSessions 1000
        LoginGraceTime 60
        PrintMotd no
        PrintLastLog no
        Subsystem sftp internal-sftp
        SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
        {(SshdVersion >= new Version(9, 8) ? "PerSourcePenalties no" : "")}
        {(ForceCommand is null ? "" : $"ForceCommand {ForceCommand}")}

        """;

    private static string Setting(string line) => line.Trim().Split(' ')[0];
}
