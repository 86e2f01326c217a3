using System.Collections.Immutable;
using Commissaire.Lab.Hosts;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab;

/// <summary>Disposable SSH hosts on this machine, and the key pair that logs in to them. Disposing it removes everything.</summary>
public sealed class LabEnvironment : IAsyncDisposable
{
    private readonly LabOptions options;
    private readonly LabDirectory directory;
    private readonly Version sshdVersion;
    private readonly string publicKey;
    private readonly Lock hostsLock = new();
    private ImmutableList<LabHost> hosts = [];
    private ImmutableList<Impostor> impostors = [];

    private LabEnvironment(LabOptions options, LabDirectory directory, Version sshdVersion, string publicKey)
    {
        this.options = options;
        this.directory = directory;
        this.sshdVersion = sshdVersion;
        this.publicKey = publicKey;
    }

    /// <summary>The directory of its files.</summary>
    public string Directory => directory.Path;

    /// <summary>The private key for <c>root</c> and <c>core</c> on every host.</summary>
    public string PrivateKeyPath => Path.Combine(directory.Path, ClientKey);

    /// <summary>The text of that file, in OpenSSH format.</summary>
    public string PrivateKeyPem => File.ReadAllText(PrivateKeyPath);

    /// <summary>Its bytes in base64, as <c>ssh_priv_key</c> expects them.</summary>
    public string PrivateKeyBase64 => Convert.ToBase64String(File.ReadAllBytes(PrivateKeyPath));

    /// <summary>The hosts, in the order in which they were added.</summary>
    public IReadOnlyList<LabHost> Hosts => hosts;

    /// <summary>The directory for the files of a Kubernetes API that belongs to these hosts.</summary>
    internal string KubernetesDirectory => directory.Kubernetes;

    private static string ClientKey => "client_key";

    /// <summary>Installs missing packages. Without the rights to, it fails with a message that says which ones are missing.</summary>
    public static Task EnsurePrerequisites(CancellationToken ct = default) => Prerequisites.Install(ct);

    /// <summary>Starts a lab without hosts. On a machine that cannot run one, it fails with a message that says why.</summary>
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

    /// <summary>Adds a host and waits until its sshd listens.</summary>
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

    /// <summary>Adds an address that breaks the SSH protocol.</summary>
    public Impostor AddImpostor(Hostility hostility)
    {
        var reservation = Reservation.Next(options.BaseAddress, options.Port);
        try
        {
            var added = new Impostor(hostility, reservation);
            lock (hostsLock)
            {
                impostors = impostors.Add(added);
            }

            return added;
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>Stops all hosts and removes their files.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(impostors.Select(impostor => impostor.DisposeAsync().AsTask()));
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
