using System.Text;
using Commissaire.Hosts;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

// How hosts become nodes: by themselves, with kubeadm, or because a node is made for them.
internal sealed partial class ContainerManagerActor
{
    private void EnsureNode(EnsureNode c)
    {
        var (manager, joins) = (_state.Name, _state.JoinsByKubeadm);
        Ask(c.Host, c, async (nodes, ct) =>
        {
            var problem = await nodes.EnsureNode(c.Host, c.Cluster, joins, ct);
            return new HostCommand.NodeReported(c.Host, manager, true, problem) { NotJoined = problem == IContainerManager.NodeNotRegistered };
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
