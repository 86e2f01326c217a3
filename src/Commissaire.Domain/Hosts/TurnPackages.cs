using Commissaire.Shell;

namespace Commissaire.Hosts;

// What the upgrade of a turn did, and whether it needs a reboot.
public sealed partial record HostState
{
    private ImmutableArray<HostEvent> OnUpgraded(string step, ShellOutcome.Completed done, DateTimeOffset now) =>
        PackageResult.Problem(done) is { } problem
            ? TurnFails(step, problem, Tail(done), null, now)
            :
            [
                // A host that rebooted by itself meanwhile must still leave the boot in which the change was made.
                .. done.BootId is { } changedIn ? Answered(changedIn, now) : [],
                new HostEvent.TurnStepFinished(step, Tail(done), now) { Summary = PackageResult.Summary(done) },
            ];

    // A host that cannot tell is not rebooted: a reboot is the greater risk, and the record says why.
    private ImmutableArray<HostEvent> OnRebootAnswer(string step, ShellOutcome.Completed done, DateTimeOffset now)
    {
        var finished = new HostEvent.TurnStepFinished(step, "", now);
        return RebootAnswer.Read(done.Output) switch
        {
            RebootAnswer.Needed => [finished with { Output = Tail(done) }],
            RebootAnswer.NotNeeded => [finished, new HostEvent.TurnRebootNotNeeded(now)],
            RebootAnswer.Unknown unknown =>
                [finished with { Output = Tail(done) }, new HostEvent.TurnRebootNotNeeded(now) { Unknown = unknown.Why }],
            _ => TurnFails(step, "the host did not answer whether a reboot is needed", Tail(done), null, now),
        };
    }

    // The command of the step that runs, for the reason of a failure.
    private ShellCommand? CommandInProgress =>
        TurnStep is { } step ? TurnSteps.OfNode(step) ? null : CommandOf(Turn!, step)
        : Bootstrap?.Current is { } current ? current.Command
        : NeedsInvestigation ? Investigation.Command
        : Investigation.Check;
}
