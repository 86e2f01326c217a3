namespace Commissaire.Cli.Tests;

/// <summary>The output of commands, byte for byte: scripts of 2017 parse it.</summary>
public sealed class OutputTests : IDisposable
{
    private const string Cluster = """
        {"name": "kk", "status": "ok", "network": "default", "hostset": [], "container_manager": "",
        "hosts": {"total": 0, "available": 0, "unavailable": 0} }
        """;

    private const string Hosts = """
        [{"address":"10.0.0.1","status":"active","os":"fedora","cpus":2,"memory":1024,"last_check":"2026-11-23T21:39:16.150947",
        "cluster":"kk","os_version":"41","reason":"ready"},
        {"address":"10.0.0.22","status":"failed","os":"","cpus":0,"memory":0,"last_check":"",
        "cluster":"","os_version":"","reason":"a\u001b[31m b"}]
        """;

    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster get kk", "GET /cluster/kk", Cluster, """
        container_manager: ''
        hosts:
          available: 0
          total: 0
          unavailable: 0
        hostset: []
        name: kk
        network: default
        status: ok

        """)]
    [InlineData("cluster get kk -o json", "GET /cluster/kk", Cluster, """
        {
          "name": "kk",
          "status": "ok",
          "network": "default",
          "hostset": [],
          "container_manager": "",
          "hosts": {
            "total": 0,
            "available": 0,
            "unavailable": 0
          }
        }

        """)]
    [InlineData("cluster get kk -o table", "GET /cluster/kk", Cluster, """
        name               kk
        status             ok
        network            default
        hostset            []
        container_manager
        hosts.total        0
        hosts.available    0
        hosts.unavailable  0

        """)]
    [InlineData("cluster list", "GET /clusters", """["a", "b"]""", "- a\n- b\n")]
    [InlineData("cluster list --output json", "GET /clusters", """["a"]""", "[\n  \"a\"\n]\n")]
    [InlineData("cluster list --output table", "GET /clusters", """["a", "b"]""", "a\nb\n")]
    [InlineData("cluster list", "GET /clusters", "[]", "[]\n")]
    [InlineData("cluster list -o json", "GET /clusters", "[]", "[]\n")]
    [InlineData("cluster list -o table", "GET /clusters", "[]", "[]\n")]
    [InlineData("host list", "GET /hosts", "[]", "[]\n")]
    [InlineData("host list kk", "GET /cluster/kk/hosts", """["10.0.0.1"]""", "- 10.0.0.1\n")]
    [InlineData("host list -o table", "GET /hosts", Hosts, """
        ADDRESS    STATUS  CLUSTER  OS      OS-VERSION  CPUS  MEMORY  LAST-CHECK                  REASON
        10.0.0.1   active  kk       fedora  41          2     1024    2026-11-23T21:39:16.150947  ready
        10.0.0.22  failed                               0     0                                   a\u001b[31m b

        """)]
    [InlineData("host get 10.0.0.1", "GET /host/10.0.0.1",
        """{"address": "10.0.0.1", "last_check": "2026-11-23T21:39:16.150947", "cpus": 2,"""
        + """ "reason": "connecting: no answer", "up": null, "ok": true}""",
        """
        address: 10.0.0.1
        cpus: 2
        last_check: '2026-11-23T21:39:16.150947'
        ok: true
        reason: 'connecting: no answer'
        up: null

        """)]
    [InlineData("host status 10.0.0.1", "GET /host/10.0.0.1/status",
        """{"type": "host_only", "host": {"status": "active"}, "container_manager": {}}""", """
        container_manager: {}
        host:
          status: active
        type: host_only

        """)]
    [InlineData("network list", "GET /networks", """["default"]""", "- default\n")]
    [InlineData("network list whatever", "GET /networks", """["default"]""", "- default\n")]
    [InlineData("network get n", "GET /network/n", """{"name":"n","type":"flannel_server","options":{"address":"10.0.0.1:8080"}}""",
        "name: n\noptions:\n  address: 10.0.0.1:8080\ntype: flannel_server\n")]
    [InlineData("container_manager list", "GET /containermanagers", """["ocp"]""", "- ocp\n")]
    [InlineData("container-manager get ocp", "GET /containermanager/ocp", """{"name":"ocp","type":"openshift","options":{"token":"***"}}""",
        "name: ocp\noptions:\n  token: '***'\ntype: openshift\n")]
    [InlineData("cluster deploy status kk", "GET /cluster/kk/deploy",
        """{"name":"kk","status":"finished","version":"7.2","deployed":["10.0.0.1"],"""
        + """ "in_process":[],"started_at":"2026-11-23T21:39:16.150947","finished_at":null}""",
        """
        deployed:
        - 10.0.0.1
        finished_at: null
        in_process: []
        name: kk
        started_at: '2026-11-23T21:39:16.150947'
        status: finished
        version: '7.2'

        """)]
    [InlineData("cluster operations kk -o table", "GET /cluster/kk/operations",
        """[{"id":1,"verb":"restart","status":"finished","reason":"2 of 2 hosts done","""
        + """ "by":"a","started_at":"T1","finished_at":null,"hosts":{"total":2}}]""",
        """
        ID  VERB     STATUS    STARTED-AT  FINISHED-AT  BY  REASON
        1   restart  finished  T1                       a   2 of 2 hosts done

        """)]
    [InlineData("host history 10.0.0.1 -o table", "GET /host/10.0.0.1/history?after=0&limit=1000",
        """[{"sequence":1,"at":"T","event":"registered","summary":"registered","output":"x\ny"}]""",
        "SEQUENCE  AT  EVENT       SUMMARY\n1         T   registered  registered\n")]
    [InlineData("cluster history kk", "GET /cluster/kk/history?after=0&limit=1000", """[{"sequence":1,"output":"x\ny\n"}]""",
        "- output: |\n    x\n    y\n  sequence: 1\n")]
    [InlineData("cluster restart status kk -o table", "GET /cluster/kk/restart",
        """{"name":"kk","restarted":["a","b"],"options":{"soak":0},"""
        + """ "hosts":[{"address":"a","step":""},{"address":"b","step":"wait-for-reboot"}]}""",
        """
        name          kk
        restarted     a, b
        options.soak  0

        ADDRESS  STEP
        a
        b        wait-for-reboot

        """)]
    [InlineData("token history t1", "GET /token/t1/history?after=0&limit=1000", """[{"sequence":1}]""", "- sequence: 1\n")]
    [InlineData("token list -o table", "GET /tokens",
        """[{"id":"t1","cluster":"web","expires_at":"E","uses":10,"uses_left":9,"created_by":"a","created_at":"C","revoked":false}]""", """
        ID  CLUSTER  EXPIRES-AT  USES-LEFT  USES  REVOKED  CREATED-BY  CREATED-AT
        t1  web      E           9          10    false    a           C

        """)]
    [InlineData("host unjoin 10.0.0.1 kk", "DELETE /cluster/kk/hosts/10.0.0.1", "[]", "Success\n...\n")]
    [InlineData("host unjoin 10.0.0.1 kk -o json", "DELETE /cluster/kk/hosts/10.0.0.1", "[]", "\"Success\"\n")]
    [InlineData("host unjoin 10.0.0.1 kk -o table", "DELETE /cluster/kk/hosts/10.0.0.1", "[]", "Success\n")]
    [InlineData("host join 10.0.0.1 kk", "PUT /cluster/kk/hosts/10.0.0.1", """["10.0.0.1"]""", "- 10.0.0.1\n")]
    [InlineData("cluster delete kk", "DELETE /cluster/kk", "[]", "- Success\n")]
    [InlineData("token revoke t1", "DELETE /token/t1", "[]", "Success\n...\n")]
    [InlineData("cluster restart pause kk", "POST /cluster/kk/restart/pause", """{"id": 1}""", "id: 1\n")]
    [InlineData("cluster upgrade resume kk", "POST /cluster/kk/upgrade/resume", """{"id": 1}""", "id: 1\n")]
    [InlineData("cluster deploy retry kk", "POST /cluster/kk/deploy/retry", """{"id": 1}""", "id: 1\n")]
    [InlineData("cluster restart cancel kk", "DELETE /cluster/kk/restart", """{"id": 1}""", "id: 1\n")]
    public async Task A_response_is_printed(string line, string request, string response, string output)
    {
        commctl.Server.On(request, response);

        var result = await commctl.Run(line);

        Assert.Equal((0, output, ""), (result.ExitCode, result.Output, result.Error));
        var received = Assert.Single(commctl.Server.Requests);
        Assert.Equal("Basic YTphOmI=", received.Authorization);
        var isGet = request.StartsWith("GET", StringComparison.Ordinal);
        Assert.Equal(isGet ? ("", "") : ("{}", "application/json"), (received.Body, received.ContentType));
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("null")]
    [InlineData("1e3")]
    [InlineData("0x1F")]
    [InlineData("-1.5")]
    [InlineData("2026-11-23")]
    [InlineData("1:30")]
    [InlineData("~")]
    [InlineData("*")]
    [InlineData("- x")]
    [InlineData("a: b")]
    [InlineData("# x")]
    [InlineData(" x")]
    public async Task A_string_that_YAML_would_read_as_another_type_is_quoted(string text)
    {
        commctl.Server.On("GET /clusters", $"[\"{text}\"]");

        Assert.Equal($"- '{text}'\n", (await commctl.Run("cluster list")).Output);
    }

    [Fact]
    public async Task The_default_format_is_a_table_on_a_terminal_and_yaml_otherwise()
    {
        commctl.Server.On("GET /network/a", """{"name":"a","type":"t"}""");

        Assert.Equal("name: a\ntype: t\n", (await commctl.Run("network get a")).Output);
        commctl.OnTerminal = true;
        Assert.Equal("name  a\ntype  t\n", (await commctl.Run("network get a")).Output);
        Assert.Equal("name: a\ntype: t\n", (await commctl.Run("network get a -o yaml")).Output);
    }

    [Fact]
    public async Task A_created_object_without_a_body_is_printed_by_name()
    {
        commctl.Server.On("PUT /cluster/kk/hosts/10.0.0.1", "", 201);

        Assert.Equal("- Created 10.0.0.1\n", (await commctl.Run("host join 10.0.0.1 kk")).Output);
    }

    [Fact]
    public async Task A_missing_object_is_not_an_error()
    {
        var result = await commctl.Run("cluster restart status nope");

        Assert.Equal((0, "No object found.\n...\n", "commctl: No such object.\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_rejected_deletion_does_not_stop_the_others()
    {
        const string detail = "Cluster 'b' is held by run 1 (restart).";
        commctl.Server.On("DELETE /cluster/a", "[]").Reject("DELETE /cluster/b", 409, detail).On("DELETE /cluster/d", "[]");

        var result = await commctl.Run("cluster delete a b c d");

        Assert.Equal((2, "- Success\n- Refused\n- No object found.\n- Success\n"), (result.ExitCode, result.Output));
        Assert.Contains($"Unable to DELETE the object at /api/v0/cluster/b: 409. {detail}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_pages_of_a_history_are_read()
    {
        static string Page(int from, int count) =>
            $"[{string.Join(',', Enumerable.Range(from, count).Select(i => $"{{\"sequence\":{i}}}"))}]";
        commctl.Server.On("GET /cluster/kk/history?after=0&limit=1000", Page(1, 1000));
        commctl.Server.On("GET /cluster/kk/history?after=1000&limit=1000", Page(1001, 3));

        var result = await commctl.Run("cluster history kk");

        Assert.Equal(1003, result.Output.Count(c => c == '\n'));
        Assert.EndsWith("- sequence: 1003\n", result.Output, StringComparison.Ordinal);
    }
}
