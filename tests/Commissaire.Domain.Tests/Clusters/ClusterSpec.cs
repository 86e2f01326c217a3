using System.Collections.Immutable;
using Commissaire.Clusters;
using Commissaire.Hosts;
using Commissaire.Networks;

namespace Commissaire.Domain.Tests.Clusters;

/// <summary>Given the events of a cluster, when it handles a command, then … Every command is checked to be idempotent.</summary>
public abstract class ClusterSpec
{
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    protected static readonly ResourceName Blue = ResourceName.Parse("blue");
    protected static readonly NetworkDefinition Default = NetworkDefinition.Default;
    protected static readonly NetworkDefinition Flannel = new(ResourceName.Parse("flannel"), NetworkType.FlannelEtcd, OptionSet.Empty);
    protected static readonly ClusterManager Kube = new(ResourceName.Parse("kube"), NodeJoin.Register);
    protected static readonly ClusterSettings NoManager = new(Default, null);
    protected static readonly ClusterSettings WithKube = new(Default, Kube);
    protected static readonly HostAddress A = HostAddress.Parse("10.2.0.1");
    protected static readonly HostAddress B = HostAddress.Parse("10.2.0.2");
    protected static readonly HostAddress C = HostAddress.Parse("10.2.0.3");

    protected static readonly ClusterEvent Created = new ClusterEvent.Created(NoManager, Now);
    protected static readonly ClusterEvent CreatedWithKube = new ClusterEvent.Created(WithKube, Now);

    protected static ClusterEvent Added(HostAddress host) => new ClusterEvent.MemberAdded(host, Now);

    protected static ClusterEvent Removed(HostAddress host) => new ClusterEvent.MemberRemoved(host, Now);

    protected static ClusterEvent[] Member(HostAddress host, HostStatus status, string reason = "reason") =>
        [Added(host), new ClusterEvent.MemberReported(host, status, reason, Now)];

    protected static Scenario Given(params ClusterEvent[] history) =>
        new(history.Aggregate(new ClusterState(Blue), (cluster, e) => cluster.Evolve(e)));

    public sealed record Scenario(ClusterState Cluster)
    {
        public Outcome When(ClusterCommand command)
        {
            var (events, reply) = Cluster.Decide(command, Now);
            return new Outcome(command, events, reply, events.Aggregate(Cluster, (cluster, e) => cluster.Evolve(e)));
        }
    }

    public sealed record Outcome(ClusterCommand Command, ImmutableArray<ClusterEvent> Events, ClusterReply? Reply, ClusterState Cluster)
    {
        public Outcome Then(params ClusterEvent[] expected)
        {
            Assert.Equal(expected, Events);
            Assert.Empty(Cluster.Decide(Command, Now).Events);
            return this;
        }

        public Outcome ThenNothing()
        {
            Assert.IsNotType<ClusterReply.Refused>(Reply);
            return Then();
        }

        public void ThenRefused(ClusterRefusal reason) => Assert.Equal(new ClusterReply.Refused(reason), Then().Reply);

        public void WithAnswers(params HostCommand[] answers) => Assert.Equal(answers, Cluster.Answers(Command));
    }
}
