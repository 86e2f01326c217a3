using Commissaire.Shell;

namespace Commissaire.Runs;

// Images are staged on all available hosts before the first turn drains a node. Staging makes no host unavailable.
public sealed partial record RunState
{
    /// <summary>How many hosts stage at the same time: they all load from the same registry.</summary>
    public const int MaxStaging = 32;

    /// <summary>
    /// The digest that every host of a group has to boot (<see cref="FollowedImage.Group"/>): that of the first host that staged. So a tag
    /// is read once, even if it moves during the run.
    /// </summary>
    public ImmutableDictionary<string, string> Digests { get; private init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the first turn has begun, after which no host stages in advance.</summary>
    private bool StagingIsOver { get; init; }

    private bool IsStagingOn(HostAddress host) => Hosts[host.Value].Phase == RunHostPhase.Staging;

    private bool IsStaging => Hosts.Values.Any(h => h.Phase == RunHostPhase.Staging);

    /// <summary>The digest that a host has to boot; null before the first host staged, or if its system is no image.</summary>
    private string? DigestFor(RunHost host) => GroupOf(host.Follows) is { } group ? Digests.GetValueOrDefault(group) : null;

    private string? GroupOf(string? follows) => follows is null ? null : FollowedImage.Group(follows, Definition!.Options.Plan.Version);

    // Until the digest of a group is known, one of its hosts stages, and the others wait for it.
    private IEnumerable<RunEvent.HostBegan> HostsToStage(DateTimeOffset now)
    {
        if (StagingIsOver || Definition!.Options.Plan.Verb == RunVerb.Restart)
        {
            yield break;
        }

        var staging = Hosts.Values.Where(h => h.Phase == RunHostPhase.Staging).ToList();
        var free = MaxStaging - staging.Count;
        var busy = staging.Select(h => GroupOf(h.Follows)).ToHashSet();
        foreach (var (host, _) in Hosts.Where(h => h.Value is { Phase: RunHostPhase.Waiting, StagingIsOver: false }))
        {
            if (free > 0 && Members!.GetValueOrDefault(host) is { Available: true, Follows: { } follows }
                && GroupOf(follows) is { } group && (Digests.ContainsKey(group) || busy.Add(group)))
            {
                free--;
                yield return new RunEvent.HostBegan(HostAddress.Parse(host), now) { Follows = follows, Stages = true };
            }
        }
    }

    private RunState AfterStaging(RunEvent.HostEnded e)
    {
        var host = Hosts[e.Host.Value];
        if (e.End.Outcome == TurnOutcome.Failed)
        {
            return With(e.Host, new RunHost(RunHostPhase.Failed, e.At, e.End, Attempt: host.Attempt));
        }

        var staged = With(e.Host, new RunHost(RunHostPhase.Waiting, e.At, Attempt: host.Attempt) { StagingIsOver = true });
        return e.End.Digest is { } digest && GroupOf(host.Follows) is { } group && !Digests.ContainsKey(group)
            ? staged with { Digests = Digests.Add(group, digest) }
            : staged;
    }
}
