using System.Globalization;
using System.Text;

namespace Commissaire.Lab.Hosts;

/// <summary>Changes what a stand-in does. Properties that are not set keep its usual behaviour.</summary>
public sealed record Behaviour
{
    /// <summary>A shell pattern that the arguments, joined by spaces, must match, such as <c>install *docker*</c>.</summary>
    public string When { get; init; } = "*";

    /// <summary>How many times it applies; always if null.</summary>
    public int? Times { get; init; }

    /// <summary>How long it waits before it does anything else.</summary>
    public TimeSpan Takes { get; init; }

    /// <summary>It never ends by itself.</summary>
    public bool Hangs { get; init; }

    /// <summary>It waits until <see cref="LabHost.Unscript"/> removes the script.</summary>
    public bool Held { get; init; }

    /// <summary>It leaves a process behind that holds its output open, as package scripts that start a service do.</summary>
    public bool LeavesProcess { get; init; }

    /// <summary>The output that replaces its usual output.</summary>
    public string? Output { get; init; }

    /// <summary>Additional output to standard error.</summary>
    public string? Error { get; init; }

    /// <summary>Its exit code. With any other than 0 it changes nothing.</summary>
    public int ExitCode { get; init; }

    /// <summary>The script for <c>stand-in.sh</c>.</summary>
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

        if (LeavesProcess)
        {
            shell.Append("  leave_process\n");
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
