using System.Globalization;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>Reads what an upgrade that ended with status 0 did: package managers also end so when they could do nothing.</summary>
public static partial class PackageResult
{
    /// <summary>Why an upgrade with status 0 did not do its work; null if it did.</summary>
    public static string? Problem(ShellOutcome.Completed done)
    {
        var lines = All(done);
        var apt = lines.Find(line => AptUnreachable().IsMatch(line));
        if (apt is not null)
        {
            return Because("a package repository could not be reached", apt);
        }

        if (lines.Find(line => NoRepository().IsMatch(line)) is { } none)
        {
            return Because("no package repository is enabled", none);
        }

        // A mirror that fails is harmless if another one answers. The tools print another line once all have failed.
        var skipped = lines.Find(line => Skipped().IsMatch(line))
            ?? (lines.Exists(line => NothingDone().IsMatch(line)) ? lines.Find(line => MirrorFailed().IsMatch(line)) : null);
        return skipped is null ? null
            : Because("a package repository was skipped because it could not be reached",
                ToolError.First(lines, MirrorFailed()) ?? skipped);
    }

    /// <summary>Why an installation with status 0 installed nothing: dnf may skip what it cannot find. Null if it installed.</summary>
    public static string? NotInstalled(ShellOutcome.Completed done)
    {
        var lines = All(done);
        return ToolError.First(lines, NotFound()) is { } line ? Because("the package was not found", line)
            : ToolError.First(lines, NoRepository()) is { } none ? Because("no package repository is enabled", none)
            : null;
    }

    /// <summary>How many packages an upgrade changed, and which ones it kept back; null if the output does not tell.</summary>
    public static string? Summary(ShellOutcome.Completed done)
    {
        var lines = All(done);
        var apt = lines.Select(line => AptCounts().Match(line)).LastOrDefault(match => match.Success);
        if (apt is not null)
        {
            var changed = Enumerable.Range(1, 4).Sum(group => Number(apt.Groups[group].Value));
            var kept = Number(apt.Groups[5].Value);
            return kept == 0 ? Changed(changed) : $"{Changed(changed)}; {kept} kept back{Names(done.Output)}";
        }

        var counts = lines.Select(line => RpmCount().Match(line)).Where(match => match.Success).ToList();
        if (counts.Count > 0)
        {
            var skipped = lines.Select(line => RpmSkipped().Match(line)).Where(match => match.Success).Sum(m => Number(m.Groups[1].Value));
            return Changed(counts.Sum(match => Number(match.Groups[1].Value) + Number(match.Groups[2].Value)))
                + (skipped == 0 ? "" : $"; {skipped} skipped");
        }

        if (lines.Exists(line => NothingDone().IsMatch(line)))
        {
            return Changed(0);
        }

        return lines.Exists(line => line.StartsWith("Staging deployment", StringComparison.Ordinal)
            || line.StartsWith("Run \"systemctl reboot\"", StringComparison.Ordinal)) ? Deployment(lines) : null;
    }

    // rpm-ostree prints the changes below headings, one package a line.
    private static string Deployment(List<string> lines)
    {
        var packages = lines.Count(line => OstreeChange().IsMatch(line));
        return packages == 0 ? "a new deployment is staged" : $"a new deployment is staged; {Changed(packages)}";
    }

    private static string Names(string output)
    {
        var names = KeptBack().Match(output.ReplaceLineEndings("\n"));
        return names.Success ? ToolError.Cut($": {string.Join(' ', names.Groups[1].Value.Split(default(char[]),
            StringSplitOptions.RemoveEmptyEntries))}") : "";
    }

    private static List<string> All(ShellOutcome.Completed done) => [.. ToolError.Lines(done.Error), .. ToolError.Lines(done.Output)];

    private static string Because(string problem, string line) => $"{problem}: {ToolError.Cut(line)}";

    private static string Changed(long packages) => packages == 1 ? "1 package changed" : $"{packages} packages changed";

    private static long Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^(?:[WE]: (?:Failed to fetch|Some index files failed to download|The repository '.*' (?:does not have|no longer has))"
        + @"|Err:\d+ )")]
    private static partial Regex AptUnreachable();

    [GeneratedRegex(@"^(?:Error: )?There are no enabled repo(?:s|sitories)\b|^This system has no repositories available")]
    private static partial Regex NoRepository();

    [GeneratedRegex(@"^(?:No match for argument|No package \S+ available|Error: Unable to find a match)")]
    private static partial Regex NotFound();

    [GeneratedRegex(@"^(?:Ignoring repositories: |>>> (?:Usable URL not found|Librepo error: )|"
        + @"(?:Error: )?(?:Failed to download metadata|Failed to synchronize cache) |Cannot find a valid baseurl for repo"
        + @"|.*\[Errno 256\] No more mirrors to try|.*(?:unavailable|unreachable), skipping)")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"^(?:>>> |- (?:Curl error|Status code)|Errors during downloading metadata|Could not retrieve mirrorlist|"
        + @".*\[Errno (?:-?\d+)\] )")]
    private static partial Regex MirrorFailed();

    [GeneratedRegex(@"^(?:Nothing to do\.?|No packages marked for update|No upgrade available\.?)$")]
    private static partial Regex NothingDone();

    [GeneratedRegex(@"^(\d+) upgraded, (\d+) newly installed, (?:\d+ reinstalled, )?(?:(\d+) downgraded, )?(\d+) to remove and "
        + @"(\d+) not upgraded")]
    private static partial Regex AptCounts();

    // dnf 4 and yum: "Upgrade  12 Packages (+3 Dependent packages)"; dnf 5: "Upgrading:  12 packages".
    [GeneratedRegex(@"^(?:Install|Upgrade|Remove|Downgrade|Installing:|Upgrading:|Removing:|Downgrading:) +(\d+) [Pp]ackages?"
        + @"(?: +\(\+(\d+)\b)?")]
    private static partial Regex RpmCount();

    // Packages whose dependencies are broken.
    [GeneratedRegex(@"^(?:Skip|Skipping:) +(\d+) [Pp]ackages?")]
    private static partial Regex RpmSkipped();

    [GeneratedRegex(@"^[A-Za-z0-9][\w.+-]* \S+ -> \S+$"
        + @"|^[A-Za-z0-9][\w.+-]*-[^-\s]+-[^-\s]+\.(?:x86_64|aarch64|noarch|i686|ppc64le|s390x)$")]
    private static partial Regex OstreeChange();

    [GeneratedRegex(@"have been kept back:\n((?: +[^\n]*(?:\n|$))+)")]
    private static partial Regex KeptBack();
}
