using System.Collections.Concurrent;
using System.Diagnostics;
using Commissaire.Server.Tests.Running;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>The spans of the work for a request belong to its trace.</summary>
[Collection(OneServer.Name)]
public sealed class Following : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;
    private readonly SharedServer _shared;

    public Following(SharedServer shared)
    {
        _shared = shared;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Commissaire.Telemetry.Tracing.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_bootstrap_belongs_to_the_request_that_registered_the_host()
    {
        var (address, trace) = (_shared.Address(), ActivityTraceId.CreateRandom());
        await Put($"/host/{address}", trace, Client.Registration());
        await _shared.Server.Becomes(address, "disassociated");

        var spans = await Eventually.Is(
            () => Task.FromResult(Of(trace)), s => s.Any(span => span.OperationName == "ssh start-docker"), "the last step has its span");
        Assert.Equal("ssh investigate", spans[0].OperationName);
        Assert.All(spans, span =>
        {
            Assert.Equal((ActivityKind.Client, ActivityStatusCode.Unset), (span.Kind, span.Status));
            Assert.Equal(
                ["completed", address, address, 22, 0],
                Tags(span, "commissaire.outcome", "commissaire.host", "server.address", "server.port", "process.exit.code"));
            Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains("sh -c", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task A_failed_step_has_its_reason_and_its_retries_are_no_part_of_the_request()
    {
        var (address, trace) = (_shared.Address(), ActivityTraceId.CreateRandom());
        var host = _shared.Shell.Host(address);
        host.On(ScriptedShell.Investigate, new ShellOutcome.Completed(3, "its words", "its complaint", host.Key));
        await Put($"/host/{address}", trace, Client.Registration());
        await _shared.Server.Becomes(address, "failed");
        host.BeHealthy();
        await _shared.Server.Becomes(address, "disassociated");

        var span = Assert.Single(Of(trace));
        Assert.Equal((ActivityStatusCode.Error, "exit status 3"), (span.Status, span.StatusDescription));
        Assert.Equal(["failed", 3], Tags(span, "commissaire.outcome", "process.exit.code"));
        Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("its ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_is_one_trace_with_its_name_on_every_span()
    {
        var (cluster, trace) = (_shared.Name("c"), ActivityTraceId.CreateRandom());
        await _shared.Server.Expect("PUT /containermanager/traced", """{"type": "trivial"}""", 201);
        await _shared.Server.Expect($"PUT /cluster/{cluster}", """{"container_manager": "traced"}""", 201);
        var address = await _shared.Host("active", cluster);
        await Put($"/cluster/{cluster}/upgrade", trace, "{}");
        await Eventually.Is(
            () => _shared.Server.Send($"GET /cluster/{cluster}/upgrade"), run => run["status"] == "finished", "the run is finished");

        var spans = await Eventually.Is(
            () => Task.FromResult(Of(trace)), s => s.Any(span => span.OperationName == "turn upgrade"), "the turn has its span");
        Assert.Equal(
            ["ssh preflight", "manager cordon", "manager drain", "ssh upgrade", "manager uncordon", "turn upgrade"],
            spans.Select(s => s.OperationName));
        Assert.All(spans, span => Assert.Equal(
            [$"{cluster}/1", cluster, address], Tags(span, "commissaire.run", "commissaire.cluster", "commissaire.host")));
        var turn = spans[^1];
        Assert.Equal("succeeded", turn.GetTagItem("commissaire.outcome"));
        Assert.All(spans.SkipLast(1), span => Assert.Equal(turn.SpanId, span.ParentSpanId));
    }

    [Fact]
    public async Task A_request_that_is_not_recorded_has_no_spans()
    {
        var (address, trace) = (_shared.Address(), ActivityTraceId.CreateRandom());
        await Put($"/host/{address}", trace, Client.Registration(), flags: "00");
        await _shared.Server.Becomes(address, "disassociated");
        Assert.Empty(_ended.Where(span => span.GetTagItem("commissaire.host") as string == address));
    }

    public void Dispose() => _listener.Dispose();

    private Task<Answered> Put(string path, ActivityTraceId trace, string body, string flags = "01") =>
        _shared.Server.Expect($"PUT {path}", body, 201, arrange: request =>
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}"));

    private static IEnumerable<object?> Tags(Activity span, params string[] names) => names.Select(span.GetTagItem);

    private List<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];
}
