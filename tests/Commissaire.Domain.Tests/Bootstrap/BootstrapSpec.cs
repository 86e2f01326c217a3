using System.Collections.Immutable;
using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;

namespace Commissaire.Domain.Tests.Bootstrap;

/// <summary>A bootstrap as an operator would read it: one line a step, with the files it writes.</summary>
public abstract class BootstrapSpec
{
    protected static readonly BootstrapSettings Settings = new();

    protected static ImmutableArray<BootstrapStep> Steps(
        string os, string version = "", NetworkDefinition? network = null, BootstrapSettings? settings = null) =>
        BootstrapSteps.For(new HostFacts(os, version, 1, 1, 1, "k", "b"), network ?? NetworkDefinition.Default, settings ?? Settings);

    protected static string[] Lines(ImmutableArray<BootstrapStep> steps) => [.. steps.Select(s => $"{s.Name}: {Line(s)}")];

    /// <summary>The text of the file that a step writes.</summary>
    protected static string File(ImmutableArray<BootstrapStep> steps, string name) =>
        Encoding.UTF8.GetString(Assert.Single(steps, s => s.Name == name).Command!.Input.Span);

    private static string Line(BootstrapStep step) => step.Command?.Words switch
    {
        ["sh", "-c", _, _, var path, var mode, _] => $"write {path} {mode}",
        ["sh", "-c", var script, _, var service] => script.Replace("\"$1\"", service, StringComparison.Ordinal),
        null => "true",
        _ => step.Command!.ToString(),
    };
}
