using System.Text;
using System.Text.Unicode;
using Commissaire.Bootstrap;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Contracts.Hosts;
using Commissaire.Shell;
using DiffPlex.Renderer;

namespace Commissaire.Hosts;

/// <summary>Turns plans of hosts into HTTP.</summary>
internal static class HostPlanAnswers
{
    public static IResult Of(HostPlan plan)
    {
        var (host, facts) = (plan.Host, plan.Host.Facts);
        var resource = new HostPlanResource
        {
            Address = host.Address.Value,
            Cluster = host.Membership?.Cluster.Value ?? "",
            ContainerManager = plan.Manager?.Name.Value ?? "",
            HostKey = host.HostKey?.ToString() ?? "",
            Os = facts?.Os ?? "",
            OsVersion = facts?.OsVersion ?? "",
            Cpus = facts?.Cpus ?? 0,
            Memory = facts?.MemoryKiB ?? 0,
            Space = facts?.SpaceKiB ?? 0,
            Adopted = host.Adopted?.Why,
            Problem = plan.Problem,
            Steps = [.. host.StepsLeft.Select(step => Step(step, plan.Findings))],
            Node = Node(plan),
        };
        return Answers.Json(resource, ContractsJson.Default.HostPlanResource);
    }

    /// <summary>The steps that are left of the bootstrap of a host; null if there are none.</summary>
    public static IReadOnlyList<PlannedStepResource>? StepsLeft(HostView host) =>
        host.Plan is { } steps ? [.. steps.Select(Step)] : null;

    public static PlannedStepResource Step(PlannedStep step) =>
        new(step.Name, step.Command) { Package = step.Package, File = step.File, Mode = step.Mode };

    private static PlannedStepResource Step(BootstrapStep step, PlanFindings? findings)
    {
        var resource = Step(PlannedStep.Of(step));
        if (step.Package is { } package)
        {
            return resource with { Installed = findings?.Packages.GetValueOrDefault(package) };
        }

        if (step.Command?.Writes is not { } file || findings?.Files.GetValueOrDefault(file.Path) is not { } found)
        {
            return resource;
        }

        var same = found.Content is { } content && content.AsSpan().SequenceEqual(file.Content.Span);
        return resource with
        {
            Change = !found.Exists ? "created" : same ? "unchanged" : "replaced",
            Diff = same || file.IsSecret ? null : Diff(file, found),
        };
    }

    private static string? Diff(FileWrite file, FoundFile found)
    {
        var before = found.Content ?? [];
        return before.Length > PlanLook.MaxFile || !Utf8.IsValid(before) || before.Contains((byte)0)
            ? null
            : UnidiffRenderer.GenerateUnidiff(
                Text(before), Text(file.Content.Span), found.Exists ? file.Path : "/dev/null", file.Path);
    }

    // The renderer would show the end of the last line as an empty line.
    private static string Text(ReadOnlySpan<byte> content) => Encoding.UTF8.GetString(content.EndsWith("\n"u8) ? content[..^1] : content);

    // A host in service joins by itself; kubeadm comes with a bootstrap.
    private static string? Node(HostPlan plan) => plan switch
    {
        { Manager: null } or { Problem: not null } => null,
        { Node: not null } => "labelled",
        { Host.Adopted.InService: true } => null,
        { Manager.Join: NodeJoin.Kubeadm } => "joined",
        _ => "created",
    };
}
