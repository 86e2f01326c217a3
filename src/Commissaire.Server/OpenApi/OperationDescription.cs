using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>Adds to operations what their routes do not say: parameters, credentials, and the errors that all of them have.</summary>
internal static class OperationDescription
{
    private const string Address = "a host name, an IPv4 address or an IPv6 address";

    public static async Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var (document, path) = (context.Document!, context.Description.RelativePath ?? "");
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            DescribeParameter(parameter, (OpenApiSchema)parameter.Schema!, path);
        }

        // An empty body counts as {}.
        if (operation.RequestBody is OpenApiRequestBody body)
        {
            body.Required = body.Content!.Values.Any(c => c.Schema?.Required?.Count > 0);
        }

        // ASP.NET describes a response with the name of its status.
        foreach (var response in context.Description.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>())
        {
            if (response.Description is { } when)
            {
                operation.Responses![response.StatusCode.ToString(CultureInfo.InvariantCulture)].Description = when;
            }
        }

        var security = context.ApplicationServices.GetRequiredService<SecurityDescription>();
        operation.Security = await security.Of(context.Description.ActionDescriptor.EndpointMetadata, document);
        CommonProblems.AddTo(operation, document);
    }

    private static void DescribeParameter(OpenApiParameter parameter, OpenApiSchema schema, string path)
    {
        (parameter.Description, parameter.Example) = parameter.Name switch
        {
            "name" when path.StartsWith("api/v0/network/", StringComparison.Ordinal) => ("The name of the network.", "backbone"),
            "name" when path.StartsWith("api/v0/containermanager/", StringComparison.Ordinal) =>
                ("The name of the container manager.", "k8s"),
            "name" => ("The name of the cluster.", "demo"),
            "address" or "host" => ($"The address of the host: {Address}.", "10.0.0.1"),
            "id" when path.StartsWith("api/v0/token/", StringComparison.Ordinal) => ("The identifier of the token.", "3f9c1a2b4d5e"),
            "id" => ("The number of the run, counted from 1 in its cluster.", 7),
            "after" => ("Return the entries after this sequence number.", null),
            "limit" => ("The maximum number of entries.", null),
            "cluster" => ("Stream only the events of this cluster, of its runs and of its members.", (JsonNode?)"demo"),

            // A DescriptionAttribute describes it.
            _ => (parameter.Description, parameter.Example),
        };
        switch (parameter.Name)
        {
            case "name" or "cluster":
                (schema.Pattern, schema.MaxLength) = ("^[A-Za-z0-9_-]+$", ResourceName.MaxLength);
                break;
            case "id" when parameter.Example?.GetValueKind() == JsonValueKind.Number:
                (schema.Type, schema.Format, schema.Minimum) = (JsonSchemaType.Integer, "int32", "1");
                break;
            case "after":
                schema.Minimum = "0";
                break;
            case "limit":
                (schema.Minimum, schema.Maximum) = ("1", HistoryReader.MaxLimit.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }
}
