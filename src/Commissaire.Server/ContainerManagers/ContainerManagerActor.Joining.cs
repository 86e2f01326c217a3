using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Commissaire.Hosts;
using Commissaire.Networks;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

// How hosts become nodes: by themselves, with kubeadm, or because a node is made for them.
internal sealed partial class ContainerManagerActor
{
    private void TellHost(TellHost command)
    {
        var registry = ActorRegistry.For(Context.System);
        if (_state.Answer(command, _clock.GetUtcNow()) is { } answer)
        {
            registry.Get<HostActor>().Tell(answer);
        }
        else
        {
            registry.Get<NetworkActor>().Tell(new NetworkCommand.TellHost(command.Network, command.Host));
        }
    }

    private void HaveNode(EnsureNode c)
    {
        var (manager, joins, hosts) = (_state.Name, _state.JoinsByKubeadm, ActorRegistry.For(Context.System).Get<HostActor>());
        Ask(c.Host, c, async (nodes, ct) =>
        {
            var problem = await nodes.EnsureNode(c.Host, c.Cluster, joins, ct);
            if (problem == IContainerManager.NodeNotRegistered)
            {
                // It may have been bootstrapped before it came into the cluster.
                hosts.Tell(new HostCommand.UseKubeadm(c.Host, manager));
            }

            return new HostCommand.NodeReported(c.Host, manager, true, problem);
        }, error => new HostCommand.NodeReported(c.Host, manager, true, error));
    }

    // The token goes by way of the secret store, so that no message holds it.
    private void PrepareJoin(PrepareJoin c)
    {
        var manager = _state.Name;
        Ask(c.Host, c, async (nodes, ct) =>
        {
            var configuration = await nodes.PrepareJoin(c.Host, ct);
            await _secrets.RemoveAll($"join/{c.Host}");
            return new HostCommand.JoinPrepared(c.Host, manager, await _secrets.Add($"join/{c.Host}", Encoding.UTF8.GetBytes(configuration)), null);
        }, error => new HostCommand.JoinPrepared(c.Host, manager, null, $"container manager '{manager}': {error}"));
    }
}
