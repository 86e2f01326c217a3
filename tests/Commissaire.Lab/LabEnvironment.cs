using System.Collections.Immutable;
using Commissaire.Lab.Hosts;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab;

/// <summary>Throw-away hosts on this machine, and the one key pair that opens them. Nothing is left of it once it is disposed.</summary>
public sealed class LabEnvironment : IAsyncDisposable
{
    private readonly LabOptions options;
    private readonly LabDirectory directory;
    private readonly Version sshdVersion;
    private readonly string publicKey;
    private readonly Lock hostsLock = new();
    private ImmutableList<LabHost> hosts = [];

    private LabEnvironment(LabOptions options, LabDirectory directory, Version sshdVersion, string publicKey)
    {
        this.options = options;
        this.directory = directory;
        this.sshdVersion = sshdVersion;
        this.publicKey = publicKey;
    }

    /// <summary>Where everything is kept while it runs.</summary>
    public string Directory => directory.Path;

    /// <summary>The private key that opens every host, to <c>root</c> and to <c>core</c>.</summary>
    public string PrivateKeyPath => Path.Combine(directory.Path, ClientKey);

    /// <summary>The text of that file, in OpenSSH format.</summary>
    public string PrivateKeyPem => File.ReadAllText(PrivateKeyPath);

    /// <summary>Its bytes in base64, as <c>ssh_priv_key</c> wants them.</summary>
    public string PrivateKeyBase64 => Convert.ToBase64String(File.ReadAllBytes(PrivateKeyPath));

    /// <summary>The hosts, in the order they were ready.</summary>
    public IReadOnlyList<LabHost> Hosts => hosts;

    /// <summary>Where a cluster that belongs to these hosts keeps its files.</summary>
    internal string KubernetesDirectory => directory.Kubernetes;

    private static string ClientKey => "client_key";

    /// <summary>Installs what the machine lacks; where it may not, fails with one message that says what would help.</summary>
    public static Task EnsurePrerequisites(CancellationToken ct = default) => Prerequisites.Install(ct);

    /// <summary>A lab without hosts. Fails with one message that says what is missing when the machine cannot have one.</summary>
    public static async Task<LabEnvironment> Start(LabOptions? options = null, CancellationToken ct = default)
    {
        options ??= new LabOptions();
        Prerequisites.Check();
        ProcessDefaults.Restore();
        var directory = options.Directory is { } chosen ? LabDirectory.At(chosen) : LabDirectory.Temporary();
        try
        {
            var version = Prerequisites.SshdVersion(ct);
            var key = await HostKey.Generate(Path.Combine(directory.Path, ClientKey), HostKeyType.Ed25519, "commissaire-lab", ct);
            return new LabEnvironment(options, directory, await version, key.PublicKey);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Adds a host; done when its sshd listens.</summary>
    public async Task<LabHost> AddHost(LabHostOptions? host = null, CancellationToken ct = default)
    {
        host ??= new LabHostOptions();
        host = host with { PackageDelay = host.PackageDelay ?? options.PackageDelay };
        var port = host.Port ?? options.Port;
        var reservation = host.Address is { } address
            ? Reservation.Exactly(address, port)
            : Reservation.Next(options.BaseAddress, port);
        var added = await Build(host, reservation, ct);
        await added.Start(ct);
        return added;
    }

    /// <summary>Stops all hosts and removes everything that was theirs.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
        directory.Dispose();
    }

    private async Task<LabHost> Build(LabHostOptions host, Reservation reservation, CancellationToken ct)
    {
        try
        {
            var files = new HostFiles(directory.HostPath(reservation.Endpoint));
            var built = await LabHost.Build(host, files, reservation, publicKey + "\n", sshdVersion, ct);
            lock (hostsLock)
            {
                hosts = hosts.Add(built);
            }

            return built;
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }
}
