using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunScenario;
using static Commissaire.Runs.RunEvent;

namespace Commissaire.Domain.Tests.Runs;

public sealed class TellingRuns
{
    public static TheoryData<RunEvent, string, string, string> Stories => new()
    {
        { new Begun(Options(), "ops", 2, 3, [Host(1), Host(2)], Start), "begun", "restart of 2 hosts begun by 'ops': at most 2 unavailable, stops at 3 failed", "" },
        { new Begun(Options(plan: Upgrade), "ops", 1, 1, [], Start), "begun", "upgrade of 0 hosts begun by 'ops': at most 1 unavailable, stops at 1 failed", "" },
        { new Begun(Options(plan: Deploy), "ops", 1, 1, [], Start), "begun", "deploy of 0 hosts begun by 'ops': at most 1 unavailable, stops at 1 failed", "" },
        { new HostBegan(Host(1), Start), "host-began", "the turn of host 10.2.0.1 began", "" },
        { new HostEnded(Host(1), Well, Start), "host-succeeded", "host 10.2.0.1 succeeded", "" },
        { new HostEnded(Host(1), Skip, Start), "host-skipped", "host 10.2.0.1 was skipped: nothing to do", "" },
        { new HostEnded(Host(1), Skip with { LeftCordoned = true }, Start), "host-skipped",
            "host 10.2.0.1 was skipped: nothing to do; an earlier turn left its node cordoned", "" },
        { new HostEnded(Host(1), Badly, Start), "host-failed", "host 10.2.0.1 failed in step wait-for-reboot: it is gone; its node was left cordoned", "last words" },
        { new HostEnded(Host(1), Badly with { LeftCordoned = false }, Start), "host-failed", "host 10.2.0.1 failed in step wait-for-reboot: it is gone", "last words" },
        { new HostLeft(Host(1), Start), "host-left", "host 10.2.0.1 left the cluster", "" },
        { new Held("too many are out", Start), "held", "waiting: too many are out", "" },
        { new Paused("ops", Start), "paused", "paused by 'ops'", "" },
        { new Resumed("ops", Start), "resumed", "resumed by 'ops'", "" },
        { new Cancelled("ops", Start), "cancelled", "cancelled by 'ops'", "" },
        { new Retried("ops", Start), "retried", "retried by 'ops'", "" },
        { new Finished(true, "2 of 2 hosts done", Start), "finished", "2 of 2 hosts done", "" },
        { new Finished(false, "1 of 2 hosts failed", Start), "failed", "1 of 2 hosts failed", "" },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void An_event_in_words(RunEvent happened, string name, string summary, string output) =>
        Assert.Equal(new HistoryLine(name, summary, output), RunHistory.Describe(happened));

    [Fact]
    public void No_event_is_without_words() =>
        Assert.Empty(typeof(RunEvent).GetNestedTypes().Except(Stories.Select(s => s[0].GetType())));
}
