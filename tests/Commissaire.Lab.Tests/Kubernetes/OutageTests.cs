using System.Diagnostics;
using System.Net;
using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class OutageTests : ClusterTest
{
    [Fact]
    public async Task An_api_that_goes_away_refuses_cuts_its_watches_and_returns_on_the_same_port_with_all_it_knew()
    {
        Kubernetes.AddNode("n1");
        await using var events = Client.CoreV1.WatchListNodeAsync(timeoutSeconds: 600).GetAsyncEnumerator();
        await events.MoveNextAsync();

        await Kubernetes.Stop();

        Assert.False(await Continues(events), "the watch ends");
        await Assert.ThrowsAsync<HttpRequestException>(() => Client.CoreV1.ListNodeAsync());
        await Kubernetes.Start();
        Assert.Equal("n1", Assert.Single((await Client.CoreV1.ListNodeAsync()).Items).Metadata.Name);
    }

    [Fact]
    public async Task The_next_requests_that_match_fail_as_told()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.Fail(2, request => request.Method == "GET", 503, retryAfter: 1);

        for (var twice = 0; twice < 2; twice++)
        {
            var (response, status) = await Clients.Refused(() => Client.CoreV1.ListNodeAsync());
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), (response.StatusCode, status.Reason));
        }

        await Client.CoreV1.ListNodeAsync();
    }

    [Fact]
    public async Task A_connection_can_be_dropped()
    {
        Kubernetes.Fail(1, request => request.Path == "/api/v1/nodes", 0);

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.CoreV1.ListNodeAsync());
        await Client.CoreV1.ListNodeAsync();
    }

    [Fact]
    public async Task An_answer_can_be_lost_though_what_was_asked_is_done()
    {
        Kubernetes.LoseAnswers(1, request => request.Method == "POST");

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.CoreV1.CreateNodeAsync(NewNode("n1")));

        Assert.True(Kubernetes.Node("n1").Exists);
        var (_, status) = await Clients.Refused(() => Client.CoreV1.CreateNodeAsync(NewNode("n1")));
        Assert.Equal("AlreadyExists", status.Reason);
    }

    [Fact]
    public async Task Requests_that_match_can_be_slow()
    {
        var started = Stopwatch.GetTimestamp();
        using (Kubernetes.Delay(request => request.Path == "/api/v1/nodes", TimeSpan.FromMilliseconds(300)))
        {
            await Client.CoreV1.ListNodeAsync();
        }

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task What_was_asked_is_written_down_with_what_became_of_it_and_without_tokens()
    {
        Kubernetes.AddNode("n1");
        await Client.CoreV1.ReadNodeAsync("n1");
        await Clients.Refused(() => Client.CoreV1.ReadNodeAsync("n2"));

        Assert.Equal(
            ["GET /api/v1/nodes/n1 200", "GET /api/v1/nodes/n2 404"], Kubernetes.Requests.Select(request => request.ToString()));
        Assert.All(Kubernetes.Requests, request => Assert.Equal("system:serviceaccount:kube-system:commissaire", request.User));
        Assert.DoesNotContain(Kubernetes.Token, string.Concat(Kubernetes.Requests.Select(request => $"{request}{request.Body}")));
    }

    private static async Task<bool> Continues<T>(IAsyncEnumerator<T> events)
    {
        try
        {
            return await events.MoveNextAsync().AsTask().WaitAsync(WaitLimit.Value);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            return false;
        }
    }
}
