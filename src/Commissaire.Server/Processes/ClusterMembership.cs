using Akka.Actor;
using Akka.Cluster;

namespace Commissaire.Processes;

/// <summary>Whether this process has a place in the cluster of processes: asked at each request, so remembered rather than looked up.</summary>
internal sealed class ClusterMembership
{
    private volatile bool _member;

    public ClusterMembership(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => _member = true);
        cluster.RegisterOnMemberRemoved(() => _member = false);
    }

    /// <summary>Whether it is a member.</summary>
    public bool IsMember => _member;
}
