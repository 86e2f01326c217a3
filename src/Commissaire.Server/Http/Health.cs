using Akka.Actor;
using Akka.Cluster;
using Commissaire.Storage;

namespace Commissaire.Http;

/// <summary>Health checks: the only routes that need no credentials, and that say no more than yes or no.</summary>
internal static class Health
{
    /// <summary>What is said while it is not.</summary>
    public const string NoMember = "This process is not a member of the cluster of processes: it is starting or stopping, or has lost sight of the others. Try again, or ask another one.";

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/healthz/live", Verbs.Get, () => Results.Text("ok")).ExcludeFromDescription();
        app.MapMethods("/healthz/ready", Verbs.Get, Ready).ExcludeFromDescription();
    }

    /// <summary>Whether this process is a member of the cluster of processes.</summary>
    public static bool IsMember(ActorSystem system) => Cluster.Get(system).SelfMember.Status == MemberStatus.Up;

    private static async Task<IResult> Ready(ActorSystem system, EntityDirectory directory, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Answers.Problem(503, "Stopping.");
        }

        if (!IsMember(system))
        {
            return Answers.Problem(503, NoMember);
        }

        await directory.Names(EntityDirectory.Cluster, ct);
        return Results.Text("ok");
    }
}
