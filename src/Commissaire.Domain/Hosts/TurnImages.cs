using Commissaire.Shell;

namespace Commissaire.Hosts;

// The images of a host: what a turn staged, and whether the host booted it.
public sealed partial record HostState
{
    /// <summary>Whether the host rebooted since its images were read, so that it may run another one.</summary>
    private bool ImagesAreOld { get; init; }

    // What is staged already is not staged again: the tag may have moved since.
    private ShellCommand CommandOf(HostTurn turn, string step) =>
        step == TurnSteps.Stage && turn.Digest is { } digest && Facts!.Images?.Next.Shared == digest
            ? OsDialect.Of(Facts)!.StagedStatus!
            : TurnSteps.Command(step, turn.Plan, OsDialect.Of(Facts!)!, turn.Boot);

    private ImmutableArray<HostEvent> OnStaged(ShellOutcome.Completed done, DateTimeOffset now)
    {
        var told = done with { Output = OsDialect.WithoutStatus(done.Output) };
        if ((PackageResult.Problem(told), OsDialect.ReadImages(done.Output)) is not (null, { } images))
        {
            return TurnFails(
                TurnSteps.Stage, PackageResult.Problem(told) ?? "the host did not report its images after staging", Tail(done), null, now);
        }

        // As after an upgrade, the host must leave the boot in which the image was staged.
        ImmutableArray<HostEvent> found = [.. done.BootId is { } stagedIn ? Answered(stagedIn, now) : [], .. Found(images, now)];
        return NotStaged(images) is { } problem
            ? [.. found, .. TurnFails(TurnSteps.Stage, problem, Tail(told), null, now)]
            :
            [
                .. found,
                new HostEvent.TurnStepFinished(TurnSteps.Stage, Tail(told), now)
                {
                    Summary = images.NeedsReboot ? $"{images.Next} is staged" : $"{images.Booted} is booted already",
                },
            ];
    }

    private string? NotStaged(HostImages images) =>
        Turn!.Plan is { Verb: RunVerb.Deploy, Version: { } version } && !images.Next.Is(version, images.Booted)
            ? $"the next boot would start {images.Next}, not {(images.Next.IsCommit ? version : images.Booted.Resolve(version))}"
        : Turn.Digest is { } digest && images.Next.Shared != digest
            ? $"the next boot would start {images.Next}, but this run brings all hosts to {digest}: "
                + $"{(images.Next.IsCommit ? "the branch" : "the tag")} moved since the run began"
        : null;

    private ImmutableArray<HostEvent> OnBootedStatus(ShellOutcome.Completed done, DateTimeOffset now)
    {
        var finished = new HostEvent.TurnStepFinished(TurnSteps.BootedVersion, "", now);
        if (ImageStatus.Read(done.Output) is not { } images)
        {
            return TurnFails(TurnSteps.BootedVersion, "the host does not report the image that it booted", Tail(done), null, now);
        }

        var found = Found(images, now);
        return Turn!.Target is { } target && target.Digest != images.Booted.Digest
            ? [.. found, .. TurnFails(TurnSteps.BootedVersion, $"the host booted {images.Booted}, not {target}", "", null, now)]
            : [.. found, finished with { Summary = $"runs {images.Booted}" }];
    }

    private ImmutableArray<HostEvent> Found(HostImages images, DateTimeOffset now) =>
        images == Facts!.Images && !ImagesAreOld ? [] : [new HostEvent.ImagesFound(images, now)];

    private HostState? EvolveImages(HostEvent e) => e is HostEvent.ImagesFound found
        ? this with { Facts = Facts! with { Images = found.Images }, ImagesAreOld = false }
        : null;

    private static HistoryLine? DescribeImages(HostEvent e) => e is HostEvent.ImagesFound { Images: var images }
        ? new("images-found", Describe(images))
        : null;

    private static string Describe(HostImages images) => $"booted image {images.Booted.Pinned}"
        + $"{(images.Staged is { } staged ? $", staged {staged.Pinned}" : "")}"
        + $"{(images.Rollback is { } rollback ? $", {(images.RollbackQueued ? "queued " : "")}rollback {rollback.Pinned}" : "")}";
}
