using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Processes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commissaire.Http;

/// <summary>
/// Whether the entities of each kind have answered once. Before, a process is a member, but its first requests would time out while the
/// shards are allocated.
/// </summary>
internal sealed class EntitiesCheck(
    ClusterMembership membership, IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters,
    IRequiredActor<ContainerManagerActor> managers, IRequiredActor<NetworkActor> networks) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    // Any name will do: entities that do not exist answer too.
    private static readonly ResourceName Name = NetworkDefinition.Default.Name;
    private static readonly HostAddress Host = HostAddress.Parse("127.0.0.1");

    private volatile bool _answered;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_answered)
        {
            return HealthCheckResult.Healthy();
        }

        if (membership.IsMember)
        {
            try
            {
                await Task.WhenAll(
                    hosts.ActorRef.AskAsync<object>(new HostQuery.Describe(Host), cancellationToken, Limit),
                    clusters.ActorRef.AskAsync<object>(new ClusterQuery.Describe(Name), cancellationToken, Limit),
                    managers.ActorRef.AskAsync<object>(new ContainerManagerCommand.Describe(Name), cancellationToken, Limit),
                    networks.ActorRef.AskAsync<object>(new NetworkCommand.Describe(Name), cancellationToken, Limit));
                _answered = true;
                return HealthCheckResult.Healthy();
            }
            catch (AskTimeoutException)
            {
                // The shards are not allocated yet.
            }
        }

        return HealthCheckResult.Degraded("This process is starting: it cannot reach all hosts and clusters yet. Retry in a moment.");
    }
}
