using Commissaire.Contracts.Events;
using Commissaire.Telemetry;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>Adds to the document what belongs to no route of the interface.</summary>
internal static class DocumentDescription
{
    private const string Rules = """
        Registers, bootstraps and watches the hosts of Kubernetes and OpenShift clusters; restarts, upgrades or deploys a few at a time.

        - Bodies are JSON; the `Content-Type` of a request does not matter. An empty body counts as `{}`.
        - Unknown fields, options and query parameters are rejected, and so is `null`. Fields that the server sends about the same object
          are ignored in a request, so that a client can send back what it read.
        - Responses may get more fields. Fields and words that are described here do not change their meaning.
        - Times are UTC without a zone, with six digits of the second. Durations are seconds. Memory and space are KiB.
        - `HEAD` works where `GET` does. Doubled and trailing slashes in a path are tolerated.
        - Missing or wrong credentials answer 403, not 401.
        - A 2xx answer to a change is sent after the journal stored it. Lists that are read afterwards, from any process, include it.
        """;

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Hosts", "Machines that Commissaire manages over SSH."),
        ("Clusters", "Groups of hosts with one network and one container manager. A host is in at most one cluster."),
        ("Members", "The hosts of a cluster."),
        ("Runs", "Restarts, upgrades and deploys over a cluster. At most one run at a time holds a cluster."),
        ("Networks", "How the hosts of a cluster are connected."),
        ("Container managers", "The Kubernetes or OpenShift APIs in which hosts are nodes."),
        ("Enrolment tokens", "Credentials that can only register hosts into one cluster."),
        ("Events", "The stream of events."),
        ("Processes", "The server processes of the installation, their health and their metrics."),
    ];

    public static async Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Commissaire",
            Version = ObservableMetrics.Version,
            Description = Rules,
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };

        // Relative: a server behind a proxy does not know the address that its clients use.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
        document.AddComponent<IOpenApiSchema>(
            nameof(StreamedEvent), await context.GetOrCreateSchemaAsync(typeof(StreamedEvent), null, ct));
        CommonProblems.AddTo(document);
        var security = context.ApplicationServices.GetRequiredService<SecurityDescription>();
        await security.AddTo(document);
        await AddProcessPaths(document, context.ApplicationServices, security);
    }

    // These endpoints belong to ASP.NET and OpenTelemetry, which do not describe them.
    private static async Task AddProcessPaths(OpenApiDocument document, IServiceProvider services, SecurityDescription security)
    {
        var endpoints = services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        foreach (var (path, id, summary, answer) in new[]
        {
            ($"{Health.Path}/live", "checkLive", "Check whether the process runs", "The process runs: `ok`."),
            ($"{Health.Path}/ready", "checkReady", "Check whether the process can serve requests", "The process can serve requests: `ok`."),
            (TelemetrySetup.Path, "readMetrics", "Read the metrics", "The metrics, in the text format of Prometheus."),
        })
        {
            var endpoint = endpoints.First(e => e.RoutePattern.RawText == path);
            var operation = new OpenApiOperation
            {
                OperationId = id,
                Summary = summary,
                Tags = new HashSet<OpenApiTagReference> { new("Processes", document) },
                Security = await security.Of(endpoint.Metadata, document),
                Responses = new OpenApiResponses
                {
                    ["200"] = new OpenApiResponse
                    {
                        Description = answer,
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            ["text/plain"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                        },
                    },
                },
            };
            CommonProblems.AddTo(operation, document);
            operation.Responses.Remove("400");
            document.Paths.Add(path, new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = operation } });
        }
    }
}
