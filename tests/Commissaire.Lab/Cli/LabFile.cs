using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes;

namespace Commissaire.Lab.Cli;

/// <summary><c>lab.json</c> describes a running lab to scripts.</summary>
internal sealed record LabFile(
    int Pid, string KeyPath, string KnownHostsPath, ImmutableArray<LabFile.Host> Hosts, LabFile.Cluster? Kubernetes)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string KnownHostsIn(string directory) => Path.Combine(directory, "known_hosts");

    /// <summary>Writes the file atomically. Everything it describes must be ready.</summary>
    public static async Task Write(LabEnvironment lab, IReadOnlyList<LabHost> hosts, LabKubernetes? kubernetes, CancellationToken ct)
    {
        await File.WriteAllLinesAsync(KnownHostsIn(lab.Directory), hosts.Select(host => host.KnownHostsLine), ct);
        var file = new LabFile(
            Environment.ProcessId,
            lab.PrivateKeyPath,
            KnownHostsIn(lab.Directory),
            [.. hosts.Select(Describe)],
            kubernetes is null ? null : new Cluster(kubernetes.Url, kubernetes.Token, kubernetes.CaPath));
        HostFiles.Replace(In(lab.Directory), JsonSerializer.Serialize(file, Json) + "\n");
    }

    public static async Task<LabFile> Read(string directory, CancellationToken ct)
    {
        try
        {
            await using var stream = File.OpenRead(In(directory));
            return await JsonSerializer.DeserializeAsync<LabFile>(stream, Json, ct) ?? throw new JsonException();
        }
        catch (Exception missing) when (missing is IOException or JsonException)
        {
            throw new LabException($"No lab runs in {directory}: {missing.Message}", missing);
        }
    }

    private static string In(string directory) => Path.Combine(directory, "lab.json");

    private static Host Describe(LabHost host) => new(
        host.Address.ToString(),
        host.Port,
        host.Os.Name,
        ["root", "core"],
        host.HostKey.PublicKey,
        host.HostKey.Fingerprint,
        host.FilePath("/"),
        host.CommandLogPath,
        host.SshdLogPath);

    /// <summary>The Kubernetes API of the lab.</summary>
    internal sealed record Cluster(string Url, string Token, string CaPath);

    /// <summary>A host of the lab.</summary>
    internal sealed record Host(
        string Address,
        int Port,
        string Os,
        ImmutableArray<string> Users,
        string HostKey,
        string HostKeyFingerprint,
        string RootPath,
        string CommandLogPath,
        string SshdLogPath);
}
