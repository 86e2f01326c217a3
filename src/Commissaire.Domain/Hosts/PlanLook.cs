using System.Globalization;
using Commissaire.Bootstrap;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>Looks at the files and packages that a bootstrap would change, and changes nothing.</summary>
public static class PlanLook
{
    /// <summary>The largest file that is compared, in bytes.</summary>
    public const int MaxFile = 64 * 1024;

    // Each answer is a line. A file that is a secret is not read.
    private const string Look = """
        files="$1" max="$2" database="$3"; shift 3
        while [ "$files" -gt 0 ]; do
          path="${1#?}"
          if [ ! -e "$path" ]; then echo absent
          elif [ "${1%"$path"}" = s ]; then echo secret
          else echo "file $(head -c "$max" "$path" | base64 | tr -d '\n')"; fi
          shift; files=$((files - 1))
        done
        for package do
          if command -v rpm >/dev/null && [ "$database" = rpm ]; then
            if rpm -q --whatprovides "$package" >/dev/null 2>&1; then echo installed; else echo missing; fi
          elif command -v dpkg-query >/dev/null && [ "$database" = dpkg ]; then
            status="$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)"
            if [ "$status" = installed ]; then echo installed; else echo missing; fi
          else echo unknown; fi
        done
        """;

    /// <summary>The command for the steps of a plan; null if none of them writes a file or installs a package.</summary>
    public static ShellCommand? Command(ImmutableArray<BootstrapStep> steps, OsDialect dialect)
    {
        var (files, packages) = Subjects(steps);
        return files.IsEmpty && packages.IsEmpty
            ? null
            : ShellCommand.Script(
                Look,
                [
                    Number(files.Length), Number(MaxFile + 1), dialect.PackageDatabase,
                    .. files.Select(f => $"{(f.IsSecret ? 's' : 'p')}{f.Path}"), .. packages,
                ]);
    }

    /// <summary>Reads the answer: what there is of each file and package of the steps.</summary>
    /// <exception cref="FormatException">The answer does not fit the steps.</exception>
    public static PlanFindings Read(ImmutableArray<BootstrapStep> steps, string output)
    {
        var (files, packages) = Subjects(steps);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length != files.Length + packages.Length)
        {
            throw new FormatException($"expected {files.Length + packages.Length} lines, got {lines.Length}");
        }

        return new PlanFindings(
            files.Zip(lines, (file, line) => KeyValuePair.Create(file.Path, FileOf(line))).ToImmutableDictionary(StringComparer.Ordinal),
            packages.Zip(lines[files.Length..], (package, line) => KeyValuePair.Create(package, IsInstalled(line)))
                .ToImmutableDictionary(StringComparer.Ordinal));
    }

    private static bool? IsInstalled(string line) => line switch { "installed" => true, "missing" => false, _ => null };

    private static FoundFile FileOf(string line) => line switch
    {
        "absent" => new FoundFile(false, null),
        "secret" => new FoundFile(true, null),
        _ when line.StartsWith("file ", StringComparison.Ordinal) => new FoundFile(true, Convert.FromBase64String(line[5..])),
        _ => throw new FormatException($"'{OutsideText.Start(line, 80)}' is no answer"),
    };

    private static (ImmutableArray<FileWrite> Files, ImmutableArray<string> Packages) Subjects(ImmutableArray<BootstrapStep> steps) => (
        [.. steps.Select(s => s.Command?.Writes).OfType<FileWrite>().DistinctBy(f => f.Path)],
        [.. steps.Select(s => s.Package).OfType<string>().Distinct()]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What there is on a host of the files and packages of a plan; a package is null if nobody can tell.</summary>
public sealed record PlanFindings(
    ImmutableDictionary<string, FoundFile> Files, ImmutableDictionary<string, bool?> Packages);

/// <summary>A file on a host: whether it exists, and its start; null for a file that was not read.</summary>
public sealed record FoundFile(bool Exists, byte[]? Content);
