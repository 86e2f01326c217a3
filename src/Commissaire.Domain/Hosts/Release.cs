using System.Security.Cryptography;
using Commissaire.Bootstrap;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>Puts back the files that a bootstrap replaced, and removes those that it created.</summary>
public static class RestoreFiles
{
    /// <summary>The deadline of the command.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Only a file that is still as Commissaire wrote it is replaced or removed: it says so, or has the content that would be written.
    private const string Restore = """
        failed=0
        while [ $# -gt 0 ]; do
          path="$1" sum="$2" before="$1.before-commissaire"; shift 2
          if [ ! -e "$path" ] && [ ! -e "$before" ]; then continue; fi
          if [ -e "$path" ] && ! grep -q '^# Written by Commissaire' "$path" && [ "$(sha256sum < "$path" | cut -d' ' -f1)" != "$sum" ]; then
            [ ! -e "$before" ] || echo "kept $path, which was changed since; what was there before is $before"
          elif [ -e "$before" ]; then
            if mv -f "$before" "$path"; then echo "restored $path"; else failed=1; fi
          elif rm -f "$path"; then echo "removed $path"
          else failed=1; fi
        done
        exit "$failed"
        """;

    /// <summary>The command for a host: all files that any bootstrap of its operating system writes.</summary>
    public static ShellCommand Command(HostFacts facts, BootstrapSettings settings)
    {
        var files = BootstrapSteps.For(facts, NetworkDefinition.Default, settings).Concat(KubeadmSteps.For(facts, settings))
            .Select(step => step.Command?.Writes).OfType<FileWrite>().DistinctBy(file => file.Path);
        return ShellCommand.Script(
            Restore, [.. files.SelectMany(file => (string[])[file.Path, Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))])]);
    }
}

// The end of the charge of a host: its node stays without the marks of Commissaire, and on request its files are as they were before.
public sealed partial record HostState
{
    /// <summary>The command that restores the files of the host; null if there is nothing to restore, or the release is refused.</summary>
    public ShellCommand? FilesToRestore(Release c) =>
        c.Restore && Registration is not null && !NeedsInvestigation && IsBusy is null
            ? RestoreFiles.Command(Facts!, Settings.Bootstrap)
            : null;

    private string? IsBusy => this switch
    {
        { Turn: { End: null } turn } => $"it has its turn in run {turn.Run.Number} of cluster '{turn.Run.Cluster}'",
        { Bootstrap: { Complete: false } } when Activity.Running is HostTask.BootstrapStep => "a step of its bootstrap runs",
        _ => null,
    };

    // The actor runs the command of FilesToRestore first, and sends what came of it.
    private Verdict OnRelease(Release c, DateTimeOffset now) => c.Restore switch
    {
        true when IsBusy is { } busy => Refuse(HostRefusal.Busy, busy),
        true => Refuse(HostRefusal.CannotRestore, "its operating system is not known"),
        false => Released(c, [], now),
    };

    private Verdict OnFilesRestored(FilesRestored c, DateTimeOffset now) => c.Outcome switch
    {
        _ when IsBusy is { } busy => Refuse(HostRefusal.Busy, busy),
        ShellOutcome.Completed { ExitCode: 0 } done => Released(c.Request, Lines(done.Output), now),
        var outcome => Refuse(HostRefusal.CannotRestore, Explain(outcome)),
    };

    private Verdict Released(Release c, ImmutableArray<string> files, DateTimeOffset now) => new(
        [
            new HostEvent.Released(files, c.By, now),
            .. Membership is { } m
                ? [new HostEvent.LeftCluster(m.Cluster, ClusterDeleted: false, now) { Nodes = NodeDisposal.Keep }]
                : (HostEvent[])[],
            new HostEvent.Deleted(now),
        ],
        state => new HostReply.Released(files, state.NodeDeparture));

    private static ImmutableArray<string> Lines(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(MaxFiles).Select(line => OutsideText.Start(line, LineKept)),
    ];

    private const int MaxFiles = 50;

    private HostState? EvolveRelease(HostEvent e) => e is HostEvent.Released ? this : null;

    private static HistoryLine? DescribeRelease(HostEvent e) => e is HostEvent.Released r
        ? new("released", $"released by '{r.By}'" + (r.Files.IsEmpty ? "" : $": {string.Join("; ", r.Files)}"))
        : null;
}
