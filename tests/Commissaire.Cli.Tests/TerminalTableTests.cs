using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Cli.Tests;

/// <summary>Tables on a terminal fit its width, and have units for people.</summary>
public sealed class TerminalTableTests : IDisposable
{
    private const string Reason = "no answer on port 22: connection refused after 3 attempts; next attempt in 30 s, see the history";

    private readonly Commctl commctl = new Commctl { OnTerminal = true }.Configured();

    public TerminalTableTests()
    {
        commctl.Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 22, 0, 0, TimeSpan.Zero));
        commctl.Server.On("GET /hosts", $$"""
            [{"address":"10.0.0.1","status":"active","os":"fedora","cpus":2,"memory":16303000,"space":104857600,
            "last_check":"2026-11-23T21:57:00.150947","cluster":"kk","container_manager":"ocp","os_version":"41","reason":"ready"},
            {"address":"192.168.100.100","status":"failed","os":"","cpus":0,"memory":0,"space":0,"last_check":"2026-11-23T21:59:51.000000",
            "cluster":"production","container_manager":"","os_version":"","reason":"{{Reason}}"}]
            """);
    }

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData(80, """
        ADDRESS          STATUS  CLUSTER     OS      LAST-CHECK  REASON
        10.0.0.1         active  kk          fedora  2 min ago   ready
        192.168.100.100  failed  production          9 s ago     no answer on port 22:…

        """)]
    [InlineData(200, $"""
        ADDRESS          STATUS  CLUSTER     MANAGER  OS      OS-VERSION  CPUS  MEMORY    SPACE    LAST-CHECK  REASON
        10.0.0.1         active  kk          ocp      fedora  41          2     15.5 GiB  100 GiB  2 min ago   ready
        192.168.100.100  failed  production                               0                        9 s ago     {Reason}

        """)]
    public async Task A_list_fits_the_terminal(int width, string expected)
    {
        commctl.TerminalWidth = width;

        Assert.Equal(expected, (await commctl.Run("host list")).Output);
    }

    [Fact]
    public async Task Other_formats_have_raw_values()
    {
        Assert.Contains("memory: 16303000\n", (await commctl.Run("host list -o yaml")).Output, StringComparison.Ordinal);
        Assert.Contains("\"memory\": 16303000,\n", (await commctl.Run("host list -o json")).Output, StringComparison.Ordinal);
        commctl.OnTerminal = false;
        Assert.Contains(
            $"2026-11-23T21:59:51.000000  {Reason}\n", (await commctl.Run("host list -o table")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_values_of_an_object_are_wrapped()
    {
        commctl.Server.On("GET /host/10.0.0.1", $$"""
            {"address":"10.0.0.1","memory":524288,"last_check":"2026-11-21T21:57:00.150947","since":"","reason":"{{Reason}}"}
            """);
        commctl.TerminalWidth = 60;

        Assert.Equal("""
            address     10.0.0.1
            memory      512 MiB
            last_check  2026-11-21 21:57:00Z (2 d ago)
            since
            reason      no answer on port 22: connection refused after 3
                        attempts; next attempt in 30 s, see the history

            """, (await commctl.Run("host get 10.0.0.1")).Output);
    }

    [Fact]
    public async Task A_list_of_clusters_has_their_status_hosts_manager_and_run()
    {
        commctl.Server
            .On("GET /clusters", """["a", "gone", "kk"]""")
            .On("GET /cluster/kk", """
                {"name":"kk","status":"degraded","network":"default","hostset":[],"container_manager":"ocp",
                "reason":"1 of 4 hosts is not available",
                "hosts":{"total":4,"available":3,"unavailable":1} }
                """)
            .On("GET /cluster/a", """
                {"name":"a","status":"ok","network":"default","hostset":[],"container_manager":"","reason":"no hosts",
                "hosts":{"total":0,"available":0,"unavailable":0} }
                """)
            .On("GET /cluster/a/operations", "[]")
            .On("GET /cluster/kk/operations", """
                [{"id":6,"verb":"restart","status":"finished","reason":"","by":"a","started_at":"","finished_at":"","hosts":{} },
                {"id":7,"verb":"upgrade","status":"in_process","reason":"","by":"a","started_at":"","finished_at":null,"hosts":{} }]
                """);

        Assert.Equal("""
            NAME  STATUS    HOSTS  MANAGER  NETWORK  RUN        REASON
            a     ok        0/0             default             no hosts
            gone
            kk    degraded  3/4    ocp      default  upgrade 7  1 of 4 hosts is not availab…

            """, (await commctl.Run("cluster list")).Output);
    }

    [Fact]
    public async Task Lists_of_networks_and_container_managers_have_their_types()
    {
        commctl.Server
            .On("GET /networks", """["n"]""")
            .On("GET /network/n", """{"name":"n","type":"flannel_server","options":{"address":"10.0.0.1:8080"}}""")
            .On("GET /containermanagers", """["ocp"]""")
            .On("GET /containermanager/ocp", """
                {"name":"ocp","type":"openshift","options":{"server_url":"https://ocp:8443","token":"***"},"reachable":true,"last_error":""}
                """);

        Assert.Equal("NAME  TYPE            ADDRESS\nn     flannel_server  10.0.0.1:8080\n", (await commctl.Run("network list")).Output);
        Assert.Equal(
            "NAME  TYPE       REACHABLE  SERVER-URL        LAST-ERROR\nocp   openshift  true       https://ocp:8443\n",
            (await commctl.Run("container_manager list")).Output);
    }

    [Fact]
    public async Task A_run_has_a_line_for_each_host_and_the_output_of_failed_steps()
    {
        commctl.Server.On("GET /cluster/kk/operations/7", """
            {"name":"kk","id":7,"status":"failed","hosts":[
            {"address":"10.0.0.1","outcome":"succeeded","step":"","since":"2026-11-23T21:50:00.000000","reason":"done","output":""},
            {"address":"10.0.0.2","outcome":"failed","step":"upgrade","since":"2026-11-23T21:59:00.000000",
            "reason":"exit status 1","output":"Error:\n  no space \u001b[31mleft\n"}]}
            """);

        Assert.Equal("""
            name    kk
            id      7
            status  failed

            ADDRESS   OUTCOME    STEP     SINCE       REASON
            10.0.0.1  succeeded           10 min ago  done
            10.0.0.2  failed     upgrade  1 min ago   exit status 1

            Output of upgrade on 10.0.0.2:
              Error:
              no space \u001b[31mleft

            """, (await commctl.Run("cluster operations kk 7")).Output);
    }
}
