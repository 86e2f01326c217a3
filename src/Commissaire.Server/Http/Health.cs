using Commissaire.Processes;
using Commissaire.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commissaire.Http;

/// <summary>Health checks for load balancers and the kubelet. They need no credentials, so they reveal nothing but the state.</summary>
internal static class Health
{
    /// <summary>The path above <c>/live</c> and <c>/ready</c>.</summary>
    public const string Path = "/healthz";

    /// <summary>The error while the process is outside the cluster of processes.</summary>
    public const string NoMember =
        "This process is not a member of the cluster of processes: it is starting or stopping, or has lost sight of the others. "
        + "Retry, or send the request to another process.";

    private const string Live = "live";
    private const string Ready = "ready";

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck("process", () => HealthCheckResult.Healthy(), [Live])
            .AddCheck<MembershipCheck>("membership", tags: [Ready])
            .AddCheck<DatabaseCheck>("database", tags: [Ready])
            .AddCheck<EntitiesCheck>("entities", tags: [Ready]);
        services.AddSingleton<WriteCheck>();
        services.AddSingleton<EntitiesCheck>();

        // A process that starts or stops is degraded, which is a warning; a check that throws is an error.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Error));
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        foreach (var tag in new[] { Live, Ready })
        {
            app.MapHealthChecks($"{Path}/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
                ResponseWriter = Write,
            }).WithMetadata(new HttpMethodMetadata(RouteExtensions.GetAndHead)).AllowAnonymous();
        }
    }

    private static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (report.Status == HealthStatus.Healthy)
        {
            return context.Response.WriteAsync("ok");
        }

        var failed = report.Entries.Values.First(entry => entry.Status != HealthStatus.Healthy);
        return Answers.WriteProblem(context, StatusCodes.Status503ServiceUnavailable, failed switch
        {
            { Status: HealthStatus.Degraded, Description: { } reason } => reason,
            _ => "The database does not answer. See the log of the server for the reason.",
        });
    }

    private sealed class MembershipCheck(ClusterMembership membership, IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(
                lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Degraded("The process is stopping.")
                : membership.IsMember ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(NoMember));
    }

    private sealed class DatabaseCheck(EntityDirectory directory, WriteCheck writes) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await directory.Names(EntityDirectory.Cluster, cancellationToken);
            return await writes.TakesWrites().WaitAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded("The database takes no writes: is its disk full? See the log of the server for the reason.");
        }
    }
}
