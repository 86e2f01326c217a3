using Commissaire.Processes;
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

    private static async Task<IResult> Ready(ClusterMembership place, EntityDirectory directory, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Answers.Problem(503, "Stopping.");
        }

        if (!place.IsMember)
        {
            return Answers.Problem(503, NoMember);
        }

        await directory.Names(EntityDirectory.Cluster, ct);
        return Results.Text("ok");
    }
}
