using System.Collections.Immutable;
using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;

namespace Commissaire.Domain.Tests.Bootstrap;

/// <summary>Renders the steps of a bootstrap as text: one line for each step, with the path and mode of written files.</summary>
public abstract class BootstrapSpec
{
    protected static readonly BootstrapSettings Settings = new();

    protected static ImmutableArray<BootstrapStep> Steps(
        string os, string version = "", NetworkDefinition? network = null, BootstrapSettings? settings = null) =>
        BootstrapSteps.For(new HostFacts(os, version, 1, 1, 1, "k", "b"), network ?? NetworkDefinition.Default, settings ?? Settings);

    protected static string[] Lines(ImmutableArray<BootstrapStep> steps) => [.. steps.Select(s => $"{s.Name}: {Line(s)}")];

    /// <summary>Returns the content of the file that a step writes.</summary>
    protected static string File(ImmutableArray<BootstrapStep> steps, string name) =>
        Encoding.UTF8.GetString(Assert.Single(steps, s => s.Name == name).Command!.Input.Span);

    private static string Line(BootstrapStep step) => step.Command switch
    {
        { Words: ["sh", "-c", _, _, var path, var mode, _] } => $"write {path} {mode}",
        null => "prepared later",
        var command => command.ForOperator!,
    };
}
