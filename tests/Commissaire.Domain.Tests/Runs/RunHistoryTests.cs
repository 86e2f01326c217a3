using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;
using static Commissaire.Runs.RunEvent;

namespace Commissaire.Domain.Tests.Runs;

public sealed class RunHistoryTests
{
    public static TheoryData<RunEvent, string, string, string> Descriptions => new()
    {
        { new Begun(Options(), "ops", 2, 3, [Host(1), Host(2)], Start), "begun",
            "restart of 2 hosts begun by 'ops': at most 2 unavailable, stops at 3 failed", "" },
        { new Begun(Options(plan: Upgrade), "ops", 1, 1, [], Start), "begun",
            "upgrade of 0 hosts begun by 'ops': at most 1 unavailable, stops at 1 failed", "" },
        { new Begun(Options(plan: Deploy), "ops", 1, 1, [], Start), "begun",
            "deploy of 0 hosts begun by 'ops': at most 1 unavailable, stops at 1 failed", "" },
        { new HostBegan(Host(1), Start), "host-began", "host 10.2.0.1 began its turn", "" },
        { new HostEnded(Host(1), Succeeded with { Reason = "it is staged" }, Start) { Stages = true }, "host-staged",
            "host 10.2.0.1 staged its image: it is staged", "" },
        { new HostEnded(Host(1), Skipped, Start) { Stages = true }, "host-staged-nothing",
            "host 10.2.0.1 staged nothing: nothing to do", "" },
        { new HostBegan(Host(1), Start) { Stages = true }, "host-began-staging", "host 10.2.0.1 began to stage its image", "" },
        { new HostEnded(Host(1), Succeeded, Start), "host-succeeded", "host 10.2.0.1 succeeded", "" },
        { new HostEnded(Host(1), Skipped, Start), "host-skipped", "host 10.2.0.1 was skipped: nothing to do", "" },
        { new HostEnded(Host(1), Skipped with { LeftCordoned = true }, Start), "host-skipped",
            "host 10.2.0.1 was skipped: nothing to do; an earlier turn left its node cordoned", "" },
        { new HostEnded(Host(1), FailedAndCordoned, Start), "host-failed",
            "host 10.2.0.1 failed in step wait-for-reboot: no route; its node was left cordoned", "output" },
        { new HostEnded(Host(1), FailedAndCordoned with { LeftCordoned = false }, Start), "host-failed",
            "host 10.2.0.1 failed in step wait-for-reboot: no route", "output" },
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
    [MemberData(nameof(Descriptions))]
    public void An_event_has_a_name_and_a_summary(RunEvent @event, string name, string summary, string output) =>
        Assert.Equal(new HistoryLine(name, summary, output), RunHistory.Describe(@event));

    [Fact]
    public void Every_event_type_is_covered() =>
        Assert.Empty(typeof(RunEvent).GetNestedTypes().Except(Descriptions.Select(s => s[0].GetType())));
}
