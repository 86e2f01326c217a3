using Akka.Actor;
using Akka.Cluster;
using Commissaire.Storage;

namespace Commissaire.Http;

/// <summary>Health checks: the only routes that need no credentials, and that say no more than yes or no.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/healthz/live", Verbs.Get, () => Results.Text("ok")).ExcludeFromDescription();
        app.MapMethods("/healthz/ready", Verbs.Get, Ready).ExcludeFromDescription();
    }

    private static async Task<IResult> Ready(ActorSystem system, EntityDirectory directory, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Answers.Problem(503, "Stopping.");
        }

        if (Cluster.Get(system).SelfMember.Status != MemberStatus.Up)
        {
            return Answers.Problem(503, "Not yet a member of the cluster.");
        }

        await directory.Names(EntityDirectory.Cluster, ct);
        return Results.Text("ok");
    }
}
