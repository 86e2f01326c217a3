using Commissaire.Lab;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>A lab and a server, for the tests of one class.</summary>
public class ServerFixture : IAsyncLifetime
{
    private int names;

    public ServerFixture()
        : this([])
    {
    }

    protected ServerFixture(string[] arguments)
        : this(new Server(arguments))
    {
    }

    protected ServerFixture(Server server) => Server = server;

    public LabEnvironment Lab { get; protected set; } = null!;

    /// <summary>The server that receives requests.</summary>
    public Server Server { get; private set; }

    public virtual async Task InitializeAsync()
    {
        Lab = await StartLab();
        await Server.Start();
    }

    /// <summary>Sends further requests to another server.</summary>
    public void UseServer(Server server) => Server = server;

    protected static async Task<LabEnvironment> StartLab()
    {
        await LabEnvironment.EnsurePrerequisites();
        return await LabEnvironment.Start();
    }

    public virtual async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Lab.DisposeAsync();
    }

    public Task<LabHost> AddHost(LabOs? os = null) => Lab.AddHost(new LabHostOptions { Os = os ?? LabOs.Fedora });

    /// <summary>Adds a cluster with a trivial container manager.</summary>
    public async Task<string> AddManagedCluster()
    {
        await Server.Ensure("/containermanager/trivial", new { type = "trivial" });
        return await AddCluster(new { container_manager = "trivial" });
    }

    public async Task<string> AddCluster(object? body = null)
    {
        var name = $"c{Interlocked.Increment(ref names)}";
        await Server.Ensure($"/cluster/{name}", body);
        return name;
    }

    public Task<Reply> TryRegister(
        LabHost host, string? cluster = null, string user = "root", string? hostKey = null, string? privateKey = null, string source = "")
    {
        var body = new Dictionary<string,
            object>
        {
            ["ssh_priv_key"] = privateKey
            ?? Lab.PrivateKeyBase64,
            ["port"] = host.Port,
            ["remote_user"] = user,
            ["source"] = source
        };
        if (cluster is not null)
        {
            body["cluster"] = cluster;
        }

        if (hostKey is not null)
        {
            body["host_key"] = hostKey;
        }

        return Server.Put($"/host/{host.Address}", body);
    }

    public async Task Register(
        LabHost host, string? cluster = null, string user = "root", string? hostKey = null, string? privateKey = null) =>
        (await Eventually.Matches(
            () => TryRegister(host, cluster, user, hostKey, privateKey), reply => reply.Code != 503, $"{host.Address} is registered")).Ok();

    /// <summary>Waits until a host has a status, and returns it.</summary>
    public Task<Reply> WaitFor(LabHost host, string status) => WaitFor(host, seen => seen["status"] == status, status);

    public Task<Reply> WaitFor(LabHost host, Func<Reply, bool> condition, string description) =>
        Eventually.Matches(
            () => Server.Get($"/host/{host.Address}"), seen => seen.Code == 200 && condition(seen), $"{host.Address} is {description}");

    /// <summary>The names of the events of a host's history.</summary>
    public async Task<IReadOnlyList<string>> History(LabHost host) =>
        [.. (await Server.Read($"/host/{host.Address}/history")).Ok().Json.EnumerateArray()
            .Select(entry => entry.GetProperty("event").ToString())];

    /// <summary>
    /// The command lines that a host received, oldest first, without those that only read the state of systemd, rpm-ostree or packages.
    /// </summary>
    public static IReadOnlyList<string> Commands(LabHost host) => [.. host.Commands.Select(command => command.ToString())
        .Where(line => !line.StartsWith("systemctl is-", StringComparison.Ordinal) && line != "rpm-ostree status --json"
            && !line.StartsWith("rpm -q", StringComparison.Ordinal) && !line.StartsWith("dpkg-query ", StringComparison.Ordinal)
            && !line.StartsWith("systemctl list-units", StringComparison.Ordinal))];

    /// <summary>The permissions of a file of a host, in octal.</summary>
    public static string FileMode(LabHost host, string path) => Convert.ToString((int)File.GetUnixFileMode(host.FilePath(path)), 8);

    public static string ReadFile(LabHost host, string path) => File.ReadAllText(host.FilePath(path));
}
