using System.Text.Json.Nodes;
using Commissaire.Contracts.Runs;
using Commissaire.Runs;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>Describes the bodies that start runs: the verbs have one type of request, but not the same fields of it.</summary>
internal static class RunBodies
{
    /// <summary>Documents the body of the route that starts runs of a verb.</summary>
    public static RouteHandlerBuilder AcceptsOptionsOf(this RouteHandlerBuilder route, RunVerb verb) =>
        route.AddOpenApiOperationTransformer(async (operation, context, ct) =>
        {
            var document = context.Document!;
            var schema = await context.GetOrCreateSchemaAsync(typeof(StartRunRequest), null, ct);
            var name = $"{verb}Request";
            Narrow(schema, verb);
            document.AddComponent<IOpenApiSchema>(name, schema);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = verb == RunVerb.Deploy,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, document) },
                },
            };
            CommonProblems.AddTo(operation, document);
        });

    private static void Narrow(OpenApiSchema schema, RunVerb verb)
    {
        var fields = schema.Properties!;
        schema.Description = $"The body of `PUT /api/v0/cluster/{{name}}/{verb.ToWireName()}`.";
        ((OpenApiSchema)fields["timeout"]).Default = verb == RunVerb.Restart ? 600 : 3600;
        switch (verb)
        {
            case RunVerb.Restart:
                fields.Remove("version");
                fields.Remove("reboot");
                fields.Remove("on_failure");
                schema.Examples = [new JsonObject { ["max_unavailable"] = "25%" }];
                break;
            case RunVerb.Upgrade:
                fields.Remove("version");
                schema.Examples = [new JsonObject { ["max_unavailable"] = "25%", ["reboot"] = "if-needed" }];
                break;
            case RunVerb.Deploy:
                schema.Required = new HashSet<string> { "version" };
                schema.Examples = [new JsonObject { ["version"] = "quay.io/acme/os:42.3", ["reboot"] = "always" }];
                break;
        }
    }
}
