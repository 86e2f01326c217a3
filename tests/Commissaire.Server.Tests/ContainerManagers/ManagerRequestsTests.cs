using System.Text.Json.Nodes;
using Commissaire.Bootstrap;
using Commissaire.Lab.Kubernetes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

/// <summary>The requests of a whole server to a Kubernetes API; only its hosts are scripted.</summary>
public sealed class ManagerRequestsTests : IAsyncLifetime
{
    private readonly ScriptedShell _shell = new();
    private readonly string _data = RunningServer.NewDataDirectory();
    private LabKubernetes _kubernetes = null!;
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _kubernetes = await LabKubernetes.Start();
        _server = await Start();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_our_database_kept_from_opening_is_opened_again()
    {
        await PutManager();
        await Manager("true");
        await _server.DisposeAsync();
        await Become("other.example.com");
        _server = await Start();
        await Manager("false", "the API's certificate is for other.example.com");
        _server.HideSecrets(true);

        await Manager("false", "Commissaire cannot read the token from its own database, and tries again");
        await Become(new Uri(_kubernetes.Url).Host);
        _server.HideSecrets(false);

        await Manager("true");
    }

    [Fact]
    public async Task A_removal_waits_for_the_addition_of_the_node_that_it_removes()
    {
        await PutManager();
        await _server.Expect("PUT /cluster/c", """{"container_manager": "k", "bootstrap": "always"}""", 201);
        using (_kubernetes.Hold(request => request.Method == "POST"))
        {
            await _server.Register("10.6.0.1", "c");
            await Eventually.True(() => Looked("10.6.0.1") > 0, "the node is looked for before it is added");
            await _server.Expect("DELETE /host/10.6.0.1", null, 200);
        }

        await Eventually.True(() => _kubernetes.Requests.Any(request => request.Method == "DELETE"), "the node is removed");
        Assert.Empty(_kubernetes.Nodes);
    }

    [Fact]
    public async Task A_silent_api_for_many_hosts_delays_neither_a_run_nor_a_status()
    {
        await PutManager();
        await _server.Expect("PUT /cluster/c", """{"container_manager": "k"}""", 201);
        await _server.Expect("PUT /cluster/others", """{"container_manager": "k", "bootstrap": "always"}""", 201);
        await _server.Register("10.6.1.1", "c");
        _kubernetes.AddNode("10.6.1.1", "10.6.1.1");
        await _server.Becomes("10.6.1.1", "active");
        using var silence = _kubernetes.Hold(request => request.Path.Contains("/nodes/10.6.2.", StringComparison.Ordinal));
        for (var i = 1; i <= 40; i++)
        {
            await _server.Register($"10.6.2.{i}", "others");
        }

        foreach (var i in Enumerable.Range(1, 40))
        {
            await Eventually.Is(() => _server.Send($"GET /host/10.6.2.{i}/history"),
                history => history.Text.Contains("node-registration-started", StringComparison.Ordinal), "its node is asked for");
        }

        var status = await _server.Expect("GET /host/10.6.1.1/status", null, 200);
        Assert.Contains("\"Ready\"", status.Text, StringComparison.Ordinal);
        await _server.Expect("PUT /cluster/c/restart", null, 201);
        await Eventually.True(() => _kubernetes.Node("10.6.1.1").Unschedulable, "the run cordons the node");
    }

    [Theory]
    [InlineData("DELETE /host/10.6.3.1")]
    [InlineData("DELETE /cluster/c/hosts/10.6.3.1")]
    [InlineData("DELETE /cluster/c")]
    public async Task A_host_that_goes_while_it_joins_leaves_neither_token_nor_node(string departure)
    {
        await PutManager("""{"join": "kubeadm"}""");
        await _server.Expect("PUT /cluster/c", """{"container_manager": "k"}""", 201);
        var host = _shell.Host("10.6.3.1");
        host.Hang(KubeadmSteps.Join);
        await _server.Register("10.6.3.1", "c");
        await Eventually.True(() => host.Begun.Contains(KubeadmSteps.Join), "it joins");
        Assert.Single(_kubernetes.Secrets);

        await _server.Expect(departure, null, 200);
        await Eventually.True(() => host.Cancelled.Contains(KubeadmSteps.Join), "the join is cancelled");
        await Eventually.True(() => _kubernetes.Secrets.IsEmpty, "the token is revoked");
        _kubernetes.AddNode("worker-1", "10.6.3.1");

        await Eventually.True(() => _kubernetes.Nodes.IsEmpty, "the node is removed");
        Assert.DoesNotContain(_server.Secrets(), id => id.StartsWith("join/", StringComparison.Ordinal));
    }

    private int Looked(string node) =>
        _kubernetes.Requests.Count(request => request.Method == "GET" && request.Path.EndsWith($"/{node}", StringComparison.Ordinal));

    private Task<RunningServer> Start() => RunningServer.Start(_data, _shell, new JsonObject { ["watch_interval"] = 1 });

    private Task<Answered> PutManager(string more = "{}") =>
        _server.Expect("PUT /containermanager/k", Options(_kubernetes.Token, more), 201);

    private string Options(string token, string more = "{}")
    {
        var options = (JsonObject)JsonNode.Parse(more)!;
        (options["server_url"], options["token"], options["ca"]) = (_kubernetes.Url, token, _kubernetes.CaPem);
        return new JsonObject { ["type"] = "kubernetes", ["options"] = options }.ToJsonString();
    }

    private Task<Answered> Manager(string reachable, string error = "") => Eventually.Is(
        () => _server.Send("GET /containermanager/k"),
        seen => $"{seen.Json!["reachable"]}" == reachable && $"{seen.Json["last_error"]}".StartsWith(error, StringComparison.Ordinal),
        $"the manager is reachable: {reachable}");

    private async Task Become(string name)
    {
        await _kubernetes.Stop();
        _kubernetes.Reissue(name);
        await _kubernetes.Start();
    }
}
