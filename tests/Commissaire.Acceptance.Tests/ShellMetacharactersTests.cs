using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Input over REST is never executed, on the hosts or on the server.</summary>
public sealed class ShellMetacharactersTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Trace = "/tmp/pwned-by-commissaire-acceptance";

    private Server Server => fixture.Server;

    public static TheoryData<string> Evil =>
    [
        $"; touch {Trace} #", $"$(touch {Trace})", $"`touch {Trace}`", $"' ; touch {Trace} ; '", $"\" ; touch {Trace} ; \"",
        $"x\ntouch {Trace}", $"x\r\nPATH={Trace}", "-oProxyCommand=id", "../../etc/passwd", "x\0y", $"&& touch {Trace}", $"| tee {Trace}",
            "%n$HOME\\",
    ];

    [Theory]
    [MemberData(nameof(Evil))]
    public async Task What_could_reach_a_command_line_or_a_file_is_refused_and_the_field_is_named(string evil)
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        var key = fixture.Lab.PrivateKeyBase64;
        var inPath = Uri.EscapeDataString(evil);

        await Refused(
            "remote_user", Server.Put($"/host/{host.Address}", new { ssh_priv_key = key, remote_user = evil, port = host.Port }), 400);
        await Refused("host_key", Server.Put($"/host/{host.Address}", new { ssh_priv_key = key, host_key = evil, port = host.Port }), 400);
        await Refused("cluster", Server.Put($"/host/{host.Address}", new { ssh_priv_key = key, cluster = evil, port = host.Port }), 400);
        await Refused("ssh_priv_key", Server.Put($"/host/{host.Address}", new { ssh_priv_key = evil, port = host.Port }), 400);
        await Refused("port", Server.Put($"/host/{host.Address}", new { ssh_priv_key = key, port = evil }), 400);
        await Refused("address", Server.Put("/host", new { ssh_priv_key = key, address = evil, port = host.Port }), 400);
        await Refused("", Server.Put($"/host/{inPath}", new { ssh_priv_key = key, port = host.Port }), 400, 404, 405);
        await Refused(
            "options.address", Server.Put("/network/evil", new { type = "flannel_server", options = new { address = evil } }), 400);
        await Refused("", Server.Put($"/network/{inPath}"), 400, 404, 405);
        await Refused("", Server.Put($"/cluster/{inPath}"), 400, 404, 405);
        await Refused("", Server.Put($"/containermanager/{inPath}", new { type = "trivial" }), 400, 404, 405);
        await Refused("container_manager", Server.Put("/cluster/evil", new { container_manager = evil }), 409);
        await Refused("type", Server.Put("/containermanager/evil", new { type = evil }), 400);
        await Refused("new",
            Server.Put($"/cluster/{await fixture.AddCluster()}/hosts", new { old = Array.Empty<string>(), @new = new[] { evil } }), 400);
        await Refused("fingerprint", Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = evil }), 400);

        Assert.Equal(404, (await Server.Get($"/host/{host.Address}")).Code);
        Assert.Empty(host.Commands);
        AssertNoTrace(host);
    }

    [Theory]
    [MemberData(nameof(Evil))]
    public async Task What_is_taken_as_a_label_or_an_option_reaches_no_host(string evil)
    {
        var host = await fixture.AddHost();
        var network = $"n{Guid.NewGuid():n}";
        object Network(Dictionary<string, string> options) => new { type = "flannel_server", options };
        Assert.Equal(400, (await Server.Put($"/network/{network}", Network(new() { [evil] = evil }))).Code);
        (await Server.Put($"/network/{network}", Network(new() { ["address"] = "10.0.0.1:8080" }))).Ok();
        (await Server.Put($"/containermanager/{network}", new { type = "trivial" })).Ok();
        (await Server.Put($"/cluster/{network}", new { network = evil })).Ok();
        Assert.Equal("default", (await Server.Get($"/cluster/{network}"))["network"]);
        var cluster = await fixture.AddCluster(new { network, container_manager = network });

        (await fixture.TryRegister(host, cluster, "core", source: evil)).Ok();
        var active = await fixture.WaitFor(host, "active");

        Assert.Equal(evil, active["source"]);
        Assert.Equal("# Written by Commissaire.\nFLANNEL_OPTIONS=\"--remote=10.0.0.1:8080\"\n",
            ServerFixture.ReadFile(host, "/etc/sysconfig/flanneld"));
        Assert.Equal(
            ["dnf install -y flannel", "dnf install -y docker", "systemctl enable flanneld", "systemctl restart flanneld",
                "systemctl enable docker", "systemctl restart docker"],
            ServerFixture.Commands(host));
        AssertNoTrace(host);
    }

    private static void AssertNoTrace(LabHost host)
    {
        Assert.False(File.Exists(host.FilePath(Trace)));
        Assert.False(File.Exists(Trace));
    }

    private static async Task Refused(string field, Task<Reply> asked, params int[] codes)
    {
        var reply = await asked;
        Assert.True(codes.Contains(reply.Code), $"{field}: {reply}");
        Assert.Contains(field, reply.Body, StringComparison.Ordinal);
    }
}
