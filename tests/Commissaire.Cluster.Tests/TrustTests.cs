using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Commissaire.Acceptance.Tests;

namespace Commissaire.Cluster.Tests;

/// <summary>Processes accept only each other, and from each other only what processes send.</summary>
public sealed class TrustTests(Installation installation) : IClassFixture<Installation>, IDisposable
{
    private readonly DirectoryInfo _certificates = Directory.CreateTempSubdirectory("commissaire-certificates-");
    private int _issued;

    [Fact]
    public async Task Strangers_do_not_get_in()
    {
        await installation.StartNew(2);
        await installation.WaitForAllMembers();
        var (first, process) = (installation.Servers[0], await Address(installation.Servers[0]));
        using var authority = Authority.Root();
        using var certificate = authority.Process();
        await using var naked = new Stranger(null);
        await using var unknown = new Stranger(certificate.Certificate);

        foreach (var stranger in new[] { naked, unknown })
        {
            stranger.Join(stranger.AddressOf(process));
            stranger.Terminate($"{stranger.AddressOf(process)}/system/sharding");
        }

        await Eventually.True(() => first.Output.Split("TLS handshake failed").Length > 2, "both handshakes were refused");
        await installation.WaitForAllMembers();
        (await first.Put("/cluster/after-strangers")).Ok();
    }

    [Fact]
    public async Task A_certificate_of_the_authority_that_is_not_for_a_process_is_not_enough()
    {
        using var authority = Authority.Root();
        await installation.StartNew(0);
        await using var first = Proving(authority);
        await using var second = Proving(authority);
        await Task.WhenAll(first.Start(), second.Start());
        await Eventually.Matches(() => first.Get("/processes"), seen => seen.Json.GetArrayLength() == 2, "two processes are there");

        using var other = authority.Server();
        await using var stranger = new Stranger(other.Certificate);
        stranger.Join(await Address(first));

        await Eventually.True(() => first.Output.Contains("TLS handshake failed", StringComparison.Ordinal), "the handshake was refused");
        Assert.Equal(2, (await first.Get("/processes")).Ok().Json.GetArrayLength());
    }

    [Fact]
    public async Task A_holder_of_a_certificate_cannot_stop_create_or_remove_anything()
    {
        using var authority = Authority.Root();
        await installation.StartNew(0);
        await using var server = Proving(authority);
        await server.Start();
        using var certificate = authority.Process();
        var process = await Address(server);
        (string What, Action<Stranger> Do)[] attacks =
        [
            ("SerializerId=16, Manifest=PP]", stranger => stranger.Send($"{process}/system/sharding/host", PoisonPill.Instance)),
            ("SerializerId=16, Manifest=K]", stranger => stranger.Send($"{process}/system/sharding/host", Kill.Instance)),
            ("SerializerId=16, Manifest=ID]", stranger => stranger.Send($"{process}/system/sharding/host", new Identify(1))),
            ("SerializerId=1,", stranger => stranger.Send($"{process}/system/sharding/host", new Version(1, 2))),
            ("serializer id [3]", stranger => stranger.Deploy(process)),
            ("Akka.Dispatch.SysMsg.Terminate\\u0027 is refused", stranger => stranger.Terminate($"{process}/system/sharding")),
            ("SerializerId=5, Manifest=Akka.Cluster.ClusterUserAction",
                stranger => stranger.Send($"{process}/system/cluster/core/daemon", Stranger.Down(process))),
        ];
        foreach (var (what, attack) in attacks)
        {
            // Akka ends the connection of a peer whose system message cannot be read: each attack has its own.
            await using var stranger = new Stranger(certificate.Certificate);
            attack(stranger);
            await Eventually.True(() => server.Output.Contains(what, StringComparison.Ordinal), $"the log says: {what}");
        }

        (await server.Put("/cluster/after-attacks")).Ok();
        Assert.Equal("up", (await server.Get("/processes")).Ok().Json[0].GetProperty("status").ToString());
        Assert.Equal([server.Port], Ports.Of(server.ProcessId).Except([Akka.Actor.Address.Parse(process).Port!.Value]));
    }

    [Fact]
    public async Task Certificates_that_would_let_others_in_are_refused_at_start()
    {
        using var authority = Authority.Root();
        using var other = authority.Server();
        using var own = authority.Process();
        var (unmarked, marked, trusted) = (Write(other.Pem), Write(own.Pem), Write(authority.Pem));
        foreach (var (says, arguments) in new (string, string[])[]
        {
            ("does not contain the DNS name 'commissaire-process'", ["--cluster-tls-pemfile", unmarked]),
            ("the same authority", ["--cluster-tls-pemfile", marked, "--tls-pemfile", unmarked, "--tls-clientverifyfile", trusted]),
        })
        {
            await using var server = new Acceptance.Tests.Server(["--cluster-tls-cafile", trusted, .. arguments]);
            var (exitCode, _, error) = await server.RunToEnd();
            Assert.Equal(2, exitCode);
            Assert.Contains(says, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_keeps_it_from_listening_for_other_processes_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var here = installation.New(arguments: ["--cluster-port", port]);
        await using var elsewhere = installation.New(arguments: ["--cluster-interface", "192.0.2.1", "--cluster-port", port]);

        foreach (var (refused, message) in new[]
        {
            (here, $"127.0.0.1:{port}: Address already in use."), (elsewhere, $"192.0.2.1:{port}: Cannot assign requested address."),
        })
        {
            var (exitCode, _, error) = await refused.RunToEnd();

            Assert.Equal(2, exitCode);
            Assert.Contains(error.Split('\n'),
                line => line == $"commissaire-server: Cannot listen for other processes on {message} "
                    + "Set another --cluster-interface or --cluster-port.");
            Assert.DoesNotContain(error.Split('\n'), line => line.StartsWith("   at ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("both or neither", "--cluster-tls-pemfile", "/etc/hostname")]
    [InlineData("roles", "--roles", "boss")]
    [InlineData("cluster_port", "--cluster-port", "70000")]
    public async Task What_cannot_be_is_refused(string says, params string[] arguments)
    {
        await using var server = new Acceptance.Tests.Server(arguments);

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    public void Dispose() => _certificates.Delete(recursive: true);

    private static async Task<string> Address(Acceptance.Tests.Server server) => (await server.Get("/processes")).Ok().Json.EnumerateArray()
        .Single(p => p.GetProperty("self").GetBoolean()).GetProperty("address").ToString();

    private Acceptance.Tests.Server Proving(Authority authority)
    {
        using var issued = authority.Process();
        return installation.New(
            arguments: ["--cluster-tls-pemfile", Write(issued.Pem), "--cluster-tls-cafile", Write(authority.Pem)]);
    }

    private string Write(string pem)
    {
        var path = Path.Combine(_certificates.FullName, $"{++_issued}.pem");
        File.WriteAllText(path, pem);
        return path;
    }
}
