using System.Collections;
using System.Net.Http.Headers;
using System.Text;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>A client that is generated from the OpenAPI document drives the server.</summary>
[Collection(OneServer.Name)]
public sealed class DrivingTheServer(SharedServer shared)
{
    // Compiled once for all tests, which run one after the other.
    private static GeneratedClient? _generated;

    [Fact]
    public async Task A_generated_client_registers_runs_reads_and_deletes()
    {
        var generated = _generated ??= await GeneratedClient.For(shared.Server);
        using var http = Http("Basic", "YTph");
        var api = generated.Over(http);
        var (cluster, host) = (shared.Name("generated"), shared.Address());

        var created = await api.PutClusterAsync(cluster, generated.New("PutClusterRequest"));
        Assert.Equal((cluster, "Ok"), ((string)created.Name, (string)created.Status.ToString()));

        var registration = generated.New("RegisterHostRequest");
        registration.Ssh_priv_key = Convert.FromBase64String(Keys.One);
        registration.Source = "generated";
        Assert.Equal(host, (string)(await api.RegisterHostAsync(host, registration)).Address);
        var known = await Eventually.Is<dynamic>(
            async () => await api.GetHostAsync(host), h => h.Status.ToString() == "Disassociated", $"{host} is disassociated");
        Assert.Equal(("fedora", 4, 22), ((string)known.Os, (int)known.Cpus, (int)known.Port));
        Assert.Contains(host, ((IEnumerable<dynamic>)await api.ListHostsAsync()).Select(h => (string)h.Address));

        Assert.Equal([host], (IEnumerable<string>)await api.AddMemberAsync(cluster, host));
        var counts = (await api.GetClusterAsync(cluster)).Hosts;
        Assert.Equal((1, 1), ((int)counts.Total, (int)counts.Available));

        var started = await api.StartUpgradeAsync(cluster, (string?)null, generated.New("UpgradeRequest"));
        Assert.Equal((1, "In_process"), ((int)started.Id, (string)started.Status.ToString()));
        var run = await Eventually.Is<dynamic>(
            async () => await api.GetRunAsync(cluster, 1), r => r.Status.ToString() == "Finished", "the run is finished");
        Assert.Equal([host], (IEnumerable<string>)run.Upgraded);
        Assert.Equal("Succeeded", (string)Enumerable.Single(run.Hosts).Outcome.ToString());
        Assert.Equal(1, (int)Enumerable.Single(await api.ListRunsAsync(cluster)).Hosts.Succeeded);
        Assert.NotEmpty((IEnumerable)await api.GetRunHistoryAsync(cluster, 1, 0, 10));

        Assert.Empty((IEnumerable)await api.DeleteHostAsync(host, (string?)null));
        Assert.Empty((IEnumerable)await api.DeleteClusterAsync(cluster, (string?)null));
        await Fails(404, $"No host is registered at '{host}'.", async () => await api.GetHostAsync(host));
    }

    [Fact]
    public async Task A_generated_client_registers_with_an_enrolment_token_and_reads_why_it_may_not_do_more()
    {
        var generated = _generated ??= await GeneratedClient.For(shared.Server);
        using var http = Http("Basic", "YTph");
        var (cluster, host) = (shared.Name("generated"), shared.Address());
        await generated.Over(http).PutClusterAsync(cluster, generated.New("PutClusterRequest"));
        var creation = generated.New("CreateTokenRequest");
        creation.Cluster = cluster;
        using var enrolling = Http("Bearer", (string)(await generated.Over(http).CreateTokenAsync(creation)).Token);

        var registration = generated.New("RegisterHostRequest");
        registration.Ssh_priv_key = Convert.FromBase64String(Keys.One);
        Assert.Equal(cluster, (string)(await generated.Over(enrolling).RegisterHostAsync(host, registration)).Cluster);
        await Fails(403, "An enrolment token only registers hosts", async () => await generated.Over(enrolling).ListHostsAsync());
    }

    [Fact]
    public async Task A_generated_client_reads_the_event_stream_and_the_health()
    {
        var generated = _generated ??= await GeneratedClient.For(shared.Server);
        using var http = Http("Basic", "YTph");
        var api = generated.Over(http);

        Assert.Equal("ok", (string)await api.CheckReadyAsync());
        using IDisposable events = await api.StreamEventsAsync(null, null);
        using var lines = new StreamReader((Stream)((dynamic)events).Stream, Encoding.UTF8);
        Assert.Equal("event: ping", await lines.ReadLineAsync());
    }

    private static async Task Fails(int status, string reason, Func<Task> request)
    {
        dynamic refused = await Record.ExceptionAsync(request) ?? throw new InvalidOperationException("The request succeeded.");
        Assert.Equal((status, status), ((int)refused.StatusCode, (int)refused.Result.Status));
        Assert.Contains(reason, (string)refused.Result.Detail, StringComparison.Ordinal);
    }

    private HttpClient Http(string scheme, string parameter)
    {
        var http = new HttpClient { BaseAddress = shared.Server.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, parameter);
        return http;
    }
}
