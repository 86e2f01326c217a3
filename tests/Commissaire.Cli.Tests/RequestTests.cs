namespace Commissaire.Cli.Tests;

/// <summary>The requests that commands send.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster create kk", "PUT /cluster/kk", """{"network":"default","container_manager":"","type":"kubernetes"}""")]
    [InlineData("cluster create -t host_only -n n -c ocp kk", "PUT /cluster/kk",
        """{"network":"n","container_manager":"ocp","type":"host_only"}""")]
    [InlineData("cluster deploy start kk 7.4.1", "PUT /cluster/kk/deploy", """{"version":"7.4.1"}""")]
    [InlineData("cluster restart start kk", "PUT /cluster/kk/restart", "{}")]
    [InlineData("cluster upgrade start kk", "PUT /cluster/kk/upgrade", "{}")]
    [InlineData("cluster upgrade start --max-unavailable 25% --max-failures 2 --no-drain --drain-timeout 5m "
        + "--on-drain-timeout force --force-grace 1m --reboot if-needed --on-failure rollback --timeout 2h --soak 30 kk",
        "PUT /cluster/kk/upgrade", """{"max_unavailable":"25%","max_failures":2,"drain":false,"drain_timeout":"""
        + """300,"on_drain_timeout":"force","force_grace":60,"reboot":"if-needed","on_failure":"rollback","timeout":7200,"soak":30}""")]
    [InlineData("container_manager create ocp", "PUT /containermanager/ocp", """{"type":"openshift","options":{}}""")]
    [InlineData("container_manager create -t kubernetes -o server_url=https://x?a=b -o {\"n\":1,\"token\":\"z\"} --options token=aaa k",
        "PUT /containermanager/k",
        """{"type":"kubernetes","options":{"server_url":"https://x?a=b","n":1,"token":"aaa"}}""")]
    [InlineData("network create n", "PUT /network/n", """{"type":"flannel_etcd","options":{}}""")]
    [InlineData("network create -t flannel_server -o {\"address\":\"10.0.0.1:8080\"} n", "PUT /network/n",
        """{"type":"flannel_server","options":{"address":"10.0.0.1:8080"}}""")]
    [InlineData("host create 10.0.0.1 -", "PUT /host/10.0.0.1", """{"ssh_priv_key":"a2V5Cg=="}""")]
    [InlineData("host create -c kk --remote-user core --port 2222 --host-key SHA256:x 10.0.0.1 -", "PUT /host/10.0.0.1",
        """{"ssh_priv_key":"a2V5Cg==","remote_user":"core","cluster":"kk","port":2222,"host_key":"SHA256:x"}""")]
    [InlineData("host create --bootstrap never 10.0.0.1 -", "PUT /host/10.0.0.1", """{"ssh_priv_key":"a2V5Cg==","bootstrap":"never"}""")]
    [InlineData("cluster create --bootstrap always kk", "PUT /cluster/kk",
        """{"network":"default","container_manager":"","bootstrap":"always","type":"kubernetes"}""")]
    [InlineData("host create localhost -", "PUT /host/127.0.0.1", """{"ssh_priv_key":"a2V5Cg=="}""")]
    [InlineData("host create ::1 -", "PUT /host/%3A%3A1", """{"ssh_priv_key":"a2V5Cg=="}""")]
    [InlineData("host set-credentials 10.0.0.1 -", "PUT /host/10.0.0.1/credentials", """{"ssh_priv_key":"a2V5Cg=="}""")]
    [InlineData("host set-credentials --remote-user core -p 2222 10.0.0.1", "PUT /host/10.0.0.1/credentials",
        """{"remote_user":"core","port":2222}""")]
    [InlineData("host accept-key 10.0.0.1 SHA256:x", "PUT /host/10.0.0.1/hostkey", """{"fingerprint":"SHA256:x"}""")]
    [InlineData("token create --cluster web --ttl 24h --uses 10", "POST /tokens", """{"cluster":"web","ttl":86400,"uses":10}""")]
    [InlineData("cluster create ../x", "PUT /cluster/..%2Fx", """{"network":"default","container_manager":"","type":"kubernetes"}""")]
    public async Task A_command_sends_its_request(string line, string request, string body)
    {
        commctl.Input = "key\n";
        commctl.Server.On(request, """{"done": "yes"}""", 201);

        var result = await commctl.Run(line);

        Assert.Equal((0, "done: 'yes'\n", ""), (result.ExitCode, result.Output, result.Error));
        var received = Assert.Single(commctl.Server.Requests);
        Assert.Equal((request, body), (received.Line, received.Body));
    }

    [Fact]
    public async Task Keys_are_read_from_files()
    {
        commctl.Server.On("PUT /host/10.0.0.1", """{"done": 1}""", 201);
        var (key, hostKey) = (commctl.File("key", "key\n"), commctl.File("key.pub", "ssh-ed25519 AAAA\n"));

        await commctl.Run("host", "create", "10.0.0.1", key, "--host-key", hostKey);

        Assert.Equal("""{"ssh_priv_key":"a2V5Cg==","host_key":"ssh-ed25519 AAAA"}""", Assert.Single(commctl.Server.Requests).Body);
    }

    [Fact]
    public async Task Options_can_be_read_from_a_file()
    {
        commctl.Server.On("PUT /containermanager/k", """{"done": 1}""", 201);

        var file = commctl.File("o", """{"token":"s","a":"b"}""");
        await commctl.Run("container_manager", "create", "--options-file", file, "-o", "a=c", "k");

        Assert.Equal("""{"type":"openshift","options":{"token":"s","a":"c"}}""", Assert.Single(commctl.Server.Requests).Body);
    }
}
