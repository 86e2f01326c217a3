using Commissaire.Shell;

namespace Commissaire.Hosts;

// A host that failed its turn after it left the boot of its old image returns to that image, if the run says so. It stays unavailable to
// the cluster meanwhile, and counts as failed.
public sealed partial record HostState
{
    // A rollback swaps the two images of the boot loader, whichever they are: only a host in the image of this turn, whose image before
    // is the one that it left, may roll back.
    private ImmutableArray<HostEvent> OnRollbackChecked(ShellOutcome.Completed done, DateTimeOffset now)
    {
        if (ImageStatus.Read(done.Output) is not { } images)
        {
            return TurnFails(TurnSteps.RollbackCheck, "the host does not report the image that it booted", Tail(done), null, now);
        }

        var previous = Turn!.Previous!;
        ImmutableArray<HostEvent> seen =
            [.. done.BootId is { } boot ? Answered(boot, now) : [], .. Found(images, now)];
        var finished = new HostEvent.TurnStepFinished(TurnSteps.RollbackCheck, "", now);
        return images switch
        {
            { NeedsReboot: false } when images.Booted.Digest == previous.Digest =>
                [.. seen, finished, new HostEvent.TurnRolledBack(images.Booted, now)],
            { Staged: null, Rollback: { } rollback }
                when rollback.Digest == previous.Digest && images.Booted.Digest == Turn.Target!.Digest => [.. seen, finished],
            _ =>
            [
                .. seen,
                .. TurnFails(
                    TurnSteps.RollbackCheck, $"the host is not as this turn left it ({Describe(images)}), and stays so", "", null, now),
            ],
        };
    }

    private ImmutableArray<HostEvent> OnRolledBack(ShellOutcome.Completed done, DateTimeOffset now)
    {
        if (ImageStatus.Read(done.Output) is not { } images)
        {
            return TurnFails(TurnSteps.RolledBack, "the host does not report the image that it booted", Tail(done), null, now);
        }

        var previous = Turn!.Previous!;
        return images.Booted.Digest == previous.Digest
            ?
            [
                .. Found(images, now), new HostEvent.TurnStepFinished(TurnSteps.RolledBack, "", now),
                new HostEvent.TurnRolledBack(images.Booted, now),
            ]
            :
            [
                .. Found(images, now),
                .. TurnFails(TurnSteps.RolledBack, $"the host booted {images.Booted}, not {previous}", "", null, now),
            ];
    }
}
