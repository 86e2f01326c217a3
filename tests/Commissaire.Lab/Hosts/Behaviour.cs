using System.Globalization;
using System.Text;

namespace Commissaire.Lab.Hosts;

/// <summary>What a stand-in does instead of succeeding at once. What is not said stays as it is.</summary>
public sealed record Behaviour
{
    /// <summary>Only for arguments, joined by spaces, that match this shell pattern, like <c>install *docker*</c>.</summary>
    public string When { get; init; } = "*";

    /// <summary>Only so many times; for ever by default.</summary>
    public int? Times { get; init; }

    /// <summary>How long it takes, before anything else.</summary>
    public TimeSpan Takes { get; init; }

    /// <summary>It never ends by itself.</summary>
    public bool Hangs { get; init; }

    /// <summary>It waits until <see cref="LabHost.Unscript"/> removes the script.</summary>
    public bool Held { get; init; }

    /// <summary>What it prints, instead of its usual output.</summary>
    public string? Output { get; init; }

    /// <summary>What it prints to standard error, besides.</summary>
    public string? Error { get; init; }

    /// <summary>How it ends; other than 0 it does nothing of what it was told.</summary>
    public int ExitCode { get; init; }

    /// <summary>As the words of <c>stand-in.sh</c>.</summary>
    internal string ToShell()
    {
        var shell = new StringBuilder($"if when {Quoted(When)}");
        if (Times is { } times)
        {
            shell.Append(CultureInfo.InvariantCulture, $" && at_most {times} {Guid.NewGuid():n}");
        }

        shell.Append(CultureInfo.InvariantCulture, $"; then\n  take {Takes.TotalSeconds:0.###}\n");
        if (Hangs)
        {
            shell.Append("  hang\n");
        }

        if (Held)
        {
            shell.Append("  hold\n");
        }

        if (Output is not null)
        {
            shell.Append(CultureInfo.InvariantCulture, $"  print {Quoted(Output)}\n");
        }

        if (Error is not null)
        {
            shell.Append(CultureInfo.InvariantCulture, $"  print_error {Quoted(Error)}\n");
        }

        return shell.Append(CultureInfo.InvariantCulture, $"  end_with {ExitCode}\n").ToString();
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
