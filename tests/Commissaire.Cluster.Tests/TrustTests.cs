using Commissaire.Acceptance.Tests;

namespace Commissaire.Cluster.Tests;

/// <summary>Processes with TLS accept only peers with a certificate of their authority.</summary>
public sealed class TrustTests(Installation installation) : IClassFixture<Installation>, IDisposable
{
    private readonly DirectoryInfo _certificates = Directory.CreateTempSubdirectory("commissaire-certificates-");
    private int _issued;

    [Fact]
    public async Task Only_a_process_with_a_certificate_of_the_authority_joins()
    {
        using var authority = Authority.Root();
        using var another = Authority.Root("CN=Somebody else");
        await installation.StartNew(0);
        await using var first = Proving(authority, authority);
        await using var second = Proving(authority, authority);
        await Task.WhenAll(first.Start(), second.Start());
        await Eventually.Matches(() => first.Get("/processes"), seen => seen.Json.GetArrayLength() == 2, "two processes are there");

        await using var stranger = Proving(another, authority);
        await using var naked = installation.New();
        await Task.WhenAll(stranger.Launch(), naked.Launch());
        await Eventually.True(() => stranger.Output.Contains("Joining the cluster at akka", StringComparison.Ordinal)
            && naked.Output.Contains("Joining the cluster at akka", StringComparison.Ordinal), "both have tried to join");
        await Eventually.True(() => first.Output.Contains("TLS", StringComparison.Ordinal)
            || second.Output.Contains("TLS", StringComparison.Ordinal), "a handshake was refused");

        Assert.False(await stranger.IsReady());
        Assert.False(await naked.IsReady());
        await Eventually.Matches(
            () => Installation.TryGet(stranger, "/clusters"), answer => answer.Code == 503, "the process without trust answers 503");
        var metrics = await stranger.Scrape();
        Assert.Equal(200, metrics.Code);
        Assert.Contains("commissaire_process_member{} 0", metrics.Body, StringComparison.Ordinal);
        Assert.Equal(2, (await first.Get("/processes")).Ok().Json.GetArrayLength());
    }

    [Theory]
    [InlineData("cluster_interface", "--cluster-interface", "0.0.0.0")]
    [InlineData("both or neither", "--cluster-tls-pemfile", "/etc/hostname")]
    [InlineData("roles", "--roles", "boss")]
    [InlineData("cluster_port", "--cluster-port", "70000")]
    public async Task What_would_let_anybody_in_or_cannot_be_is_refused(string says, params string[] arguments)
    {
        await using var server = new Acceptance.Tests.Server(arguments);

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    public void Dispose() => _certificates.Delete(recursive: true);

    private Acceptance.Tests.Server Proving(Authority own, Authority trusted)
    {
        using var issued = own.Server();
        var number = ++_issued;
        var (pem, authorities) = (
            Path.Combine(_certificates.FullName, $"own-{number}.pem"), Path.Combine(_certificates.FullName, $"ca-{number}.pem"));
        File.WriteAllText(pem, issued.Pem);
        File.WriteAllText(authorities, trusted.Pem);
        return installation.New(arguments: ["--cluster-tls-pemfile", pem, "--cluster-tls-cafile", authorities]);
    }
}
