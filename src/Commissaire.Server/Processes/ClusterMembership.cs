using Akka.Cluster;

namespace Commissaire.Processes;

/// <summary>Reports whether this process is a member of the Akka cluster. Every request asks, so the answer is cached.</summary>
internal sealed class ClusterMembership
{
    private volatile bool _member;

    public ClusterMembership(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => _member = true);
        cluster.RegisterOnMemberRemoved(() => _member = false);
    }

    public bool IsMember => _member;
}
