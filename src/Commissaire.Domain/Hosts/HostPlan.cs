using Commissaire.Bootstrap;
using Commissaire.Clusters;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>A step that is still to be done on a host: its name, what it runs, and the package that it installs, if any.</summary>
public sealed record PlannedStep(string Name, string Command)
{
    /// <summary>The package that it installs; null if it installs none.</summary>
    public string? Package { get; init; }

    /// <summary>The path of the file that it writes; null if it writes none.</summary>
    public string? File { get; init; }

    /// <summary>The permissions of the file, in octal.</summary>
    public string? Mode { get; init; }

    /// <summary>Describes a step of a bootstrap.</summary>
    public static PlannedStep Of(BootstrapStep step) => step.Command switch
    {
        { Writes: { } file } => new PlannedStep(step.Name, $"write {file.Path}") { File = file.Path, Mode = file.Mode },
        { } command => new PlannedStep(step.Name, Text(command)) { Package = step.Package },
        null => new PlannedStep(step.Name, step.Name == KubeadmSteps.Join ? "kubeadm join" : ""),
    };

    /// <summary>The command for people.</summary>
    internal static string Text(ShellCommand command) => command.ForOperator ?? command.Words[0];
}

// What is still to be done on the host before it is ready.
public sealed partial record HostState
{
    /// <summary>The steps of the bootstrap that are not done, in order; empty before it is planned, and once it is complete.</summary>
    public ImmutableArray<BootstrapStep> StepsLeft => Bootstrap is { Complete: false } b ? [.. b.Steps[b.Done..]] : [];

    /// <summary>The public state of the host with <see cref="StepsLeft"/>.</summary>
    /// <exception cref="InvalidOperationException">No host is registered at the address.</exception>
    public HostView ViewWithPlan() => View() with
    {
        Plan = StepsLeft is { IsEmpty: false } left ? [.. left.Select(PlannedStep.Of)] : null,
    };

    /// <summary>
    /// The host as a registration would make it, for a plan: nothing is stored. Without a cluster, null <paramref name="settings"/>.
    /// </summary>
    public HostState AsRegistered(Register registration, ClusterSettings? settings, DateTimeOffset now)
    {
        var registered = Evolve(new HostEvent.Registered(
            registration.Port, registration.RemoteUser, "", "", registration.HostKey, registration.Cluster, registration.Source, now)
        {
            Bootstrap = registration.Bootstrap,
        });
        return registration.Cluster is { } cluster && settings is not null
            ? registered.Evolve(new HostEvent.MembershipConfirmed(cluster, settings, now))
            : registered;
    }

    /// <summary>The host after a command, for a plan: nothing is stored.</summary>
    public HostState IfTold(HostCommand command, DateTimeOffset now) =>
        Decide(command, now).Events.Aggregate(this, (state, e) => state.Evolve(e));

    /// <summary>Whether the plan depends on the default network, which <see cref="PlanBootstrap"/> brings.</summary>
    public bool AwaitsNetwork => AwaitsPlan && Membership is null && Failure is null;

    /// <summary>The container manager that knows whether the host is in service (<see cref="NodeFound"/>); null for none.</summary>
    public ResourceName? AwaitsNodeOf => MustFindNode && Failure is null ? Membership?.Manager : null;
}
