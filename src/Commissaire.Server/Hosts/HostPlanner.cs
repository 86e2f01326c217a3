using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>
/// Plans the registration of a host: connects, investigates and looks at what would change, by the decisions that a host makes itself.
/// Nothing is changed on the host, and nothing is stored.
/// </summary>
internal sealed class HostPlanner(
    IRequiredActor<ClusterActor> clusters, IRequiredActor<ContainerManagerActor> managers, IRequiredActor<NetworkActor> networks,
    IRemoteShell shell, HostSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan LookDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Plans a registration, with the private key as the client sent it.</summary>
    public async Task<HostPlan> Plan(HostCommand.Register register, ReadOnlyMemory<byte> key, CancellationToken ct)
    {
        var cluster = register.Cluster is { } name ? (await clusters.Find(name, ct))?.Settings : null;
        var target = new RemoteTarget(register.Host, register.Port, register.RemoteUser, $"plan/{Guid.NewGuid()}", register.HostKey)
        {
            PrivateKey = key,
        };
        var host = new HostState(register.Host, settings).AsRegistered(register, cluster, clock.GetUtcNow());
        var investigation = Investigation.Command with { Interactive = true };
        var found = await shell.Run(target, investigation, settings.Watch.InvestigationDeadline, ct);
        host = host.IfTold(new HostCommand.CommandCompleted(register.Host, new HostTask.Investigate(), found), clock.GetUtcNow());
        (host, var node, var problem) = await Ask(host, ct);
        var plan = new HostPlan(host, cluster?.Manager, node, host.Failure?.Reason ?? problem);
        return host.Facts is { } facts && OsDialect.Of(facts) is { } dialect && PlanLook.Command(host.StepsLeft, dialect) is { } look
            ? plan.With(await shell.Run(target, look with { Interactive = true }, LookDeadline, ct))
            : plan;
    }

    // What a host asks others for before it plans: the default network, or its node.
    private async Task<(HostState Host, string? Node, string? Problem)> Ask(HostState host, CancellationToken ct)
    {
        if (host.AwaitsNetwork)
        {
            var asked = await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Describe(NetworkDefinition.Default.Name), ct);
            var network = (asked as NetworkReply.Described)?.Network ?? NetworkDefinition.Default;
            return (host.IfTold(new HostCommand.PlanBootstrap(host.Address, network), clock.GetUtcNow()), null, null);
        }

        if (host.Failure is not null || host.Membership?.Manager is not { } manager)
        {
            return (host, null, null);
        }

        var reply = await managers.ActorRef.AskAsync<ContainerManagerReply>(
            new ContainerManagerCommand.PreviewNode(manager, host.Address), ct, 2 * ContainerManagerActor.PreviewTimeout);
        if (reply is not ContainerManagerReply.NodePreviewed(var node, _, var problem))
        {
            return (host, null, $"container manager '{manager}' does not exist");
        }

        return problem is not null
            ? (host, null, $"container manager '{manager}': {problem}")
            : (host.IfTold(new HostCommand.NodeFound(host.Address, manager, node, null), clock.GetUtcNow()), node, null);
    }
}

/// <summary>The plan of a registration.</summary>
/// <param name="Host">The host as it would be after its investigation.</param>
/// <param name="Manager">The container manager of its cluster; null for none.</param>
/// <param name="Node">The name of its node; null if there is none, or if that is not known.</param>
/// <param name="Problem">Why it would not become ready; null if nothing is in the way.</param>
internal sealed record HostPlan(HostState Host, ClusterManager? Manager, string? Node, string? Problem)
{
    /// <summary>What there is on the host of the files and packages; null if that is not known.</summary>
    public PlanFindings? Findings { get; init; }

    /// <summary>The plan with what the host answered about its files and packages.</summary>
    public HostPlan With(ShellOutcome look)
    {
        try
        {
            return look is ShellOutcome.Completed { ExitCode: 0 } done
                ? this with { Findings = PlanLook.Read(Host.StepsLeft, done.Output) }
                : this with { Problem = Problem ?? "the host did not tell about its files and packages" };
        }
        catch (FormatException e)
        {
            return this with { Problem = Problem ?? $"what the host told about its files and packages could not be read: {e.Message}" };
        }
    }
}
