using Akka.Actor;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Runs;

namespace Commissaire.Hosts;

internal sealed partial class HostActor
{
    // What is told is told again at the next tick, until the state no longer asks for it: no message needs to arrive.
    private void Tell(HostEffect effect)
    {
        var registry = ActorRegistry.For(Context.System);
        switch (effect)
        {
            case HostEffect.Report r:
                registry.Get<ClusterActor>().Tell(new ClusterCommand.ReportMember(r.Cluster, _state.Address, r.Confirmed, r.Manager, r.Status, r.Reason) { Failures = r.Failures });
                break;
            case HostEffect.Depart(var cluster):
                registry.Get<ClusterActor>().Tell(new ClusterCommand.MemberLeft(cluster, _state.Address));
                break;
            case HostEffect.FindNetwork({ } cluster):
                registry.Get<ClusterActor>().Tell(new ClusterCommand.FindNetwork(cluster, _state.Address));
                break;
            case HostEffect.FindNetwork:
                registry.Get<NetworkActor>().Tell(new NetworkCommand.TellHost(NetworkDefinition.Default.Name, _state.Address));
                break;
            case HostEffect.RegisterNode(var manager):
                registry.Get<ContainerManagerActor>().Tell(new ContainerManagerCommand.EnsureNode(manager, _state.Address, _state.Membership?.Cluster));
                break;
            case HostEffect.WatchNode(var manager):
                registry.Get<ContainerManagerActor>().Tell(new ContainerManagerCommand.GetReadiness(manager, _state.Address));
                break;
            case HostEffect.ReportTurn(var run, var attempt, var progress):
                registry.Get<RunActor>().Tell(new RunCommand.ReportTurn(run, _state.Address, attempt, progress));
                break;
            case HostEffect.TakeStep taken:
                AskForStep(taken);
                break;
            case HostEffect.RemoveNode(var manager):
                registry.Get<ContainerManagerActor>().Tell(new ContainerManagerCommand.RemoveNode(manager, _state.Address));
                break;
        }
    }
}
