using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>How a run would go, by its own decisions.</summary>
public sealed class RunForecastTests
{
    private static readonly TurnPreview Goes = new(null, "", "", [new PlannedStep(TurnSteps.Preflight, "true")]);
    private static readonly TurnPreview IsSkipped = new(TurnOutcome.Skipped, "", "runs fedora", []);
    private static readonly TurnPreview Fails = new(TurnOutcome.Failed, TurnSteps.Preflight, "is not bootstrapped yet", []);

    [Fact]
    public void Available_hosts_come_first_and_unavailable_ones_last()
    {
        var forecast = Forecast(Options(), [Down(1), Up(2), Up(3)]);
        Assert.Equal("3 of 3 hosts done", Forecast(Options("2"), [Down(1), Up(2), Up(3)]).Reason);
        Assert.Equal(Down(1), Assert.Single(forecast.Unavailable));

        // One host is unavailable already, which is as many as may be: it begins first, and makes room.
        Assert.Equal([1, 2, 3], Places(forecast));
        Assert.Equal([2, 3, 1], Places(Forecast(Options("2"), [Down(1), Up(2), Up(3)])));
    }

    [Fact]
    public void A_run_that_would_wait_says_for_whom()
    {
        var forecast = Forecast(Options() with { Hosts = [Host(2)] }, [Down(1), Up(2)]);
        Assert.StartsWith("waiting: unavailable members: 1, allowed: 1; 10.2.0.1 is failed: reason; gives up at", forecast.Reason,
            StringComparison.Ordinal);
        var host = Assert.Single(forecast.Hosts);
        Assert.Equal((null, RunHostPhase.Waiting), (host.Place, host.Phase));
    }

    [Fact]
    public void Skipped_and_failing_hosts_are_foreseen()
    {
        var forecast = Forecast(Options(), AllUp(3), (1, IsSkipped), (2, Fails));
        Assert.Equal("1 of 3 hosts failed; 1 never began", forecast.Reason);
        Assert.Equal(
            [RunHostPhase.Skipped, RunHostPhase.Failed, RunHostPhase.Waiting], forecast.Hosts.Select(h => h.Phase));
        Assert.Equal("is not bootstrapped yet", forecast.Hosts[1].End!.Reason);
    }

    [Fact]
    public void Pauses_and_staging_do_not_change_the_order()
    {
        ImmutableArray<MemberHealth> images = [.. AllUp(3).Select(m => m with { Follows = "quay.io/acme/os:1 amd64" })];
        Assert.Equal([1, 2, 3], Places(Forecast(Options(soak: 60, plan: Upgrade), images)));
    }

    [Fact]
    public void An_empty_cluster_is_done_at_once() => Assert.Equal("the cluster has no hosts", Forecast(Options(), []).Reason);

    private static int[] Places(RunForecast forecast) => [.. forecast.Hosts.Select(h => int.Parse(
        h.Host.Value.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture))];

    private static RunForecast Forecast(
        RunOptions options, ImmutableArray<MemberHealth> members, params (int Host, TurnPreview Turn)[] turns) =>
        RunForecast.Of(
            Begin(options, members),
            members.ToDictionary(m => m.Host, m => turns.FirstOrDefault(t => Host(t.Host) == m.Host).Turn ?? Goes), Start);
}
