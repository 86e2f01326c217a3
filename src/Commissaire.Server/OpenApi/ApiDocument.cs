using System.Text.Json;
using Commissaire.Configuration;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>The OpenAPI document of the REST interface. The first request for it generates it.</summary>
internal sealed class ApiDocument(IServiceProvider services)
{
    /// <summary>The name of the document. The version of the routes is another one.</summary>
    public const string Name = "v1";

    /// <summary>The path of the document.</summary>
    public const string Path = $"/openapi/{Name}.json";

    private volatile byte[]? _json;

    /// <summary>The document as JSON.</summary>
    public async Task<byte[]> Json(CancellationToken ct)
    {
        if (_json is { } json)
        {
            return json;
        }

        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
        var document = await provider.GetOpenApiDocumentAsync(ct);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, ct);
        return _json = stream.ToArray();
    }
}

internal static class ApiDocumentSetup
{
    /// <summary>Registers the document. OpenAPI 3.1 is the first version that can describe client certificates.</summary>
    public static void AddApiDocument(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<ApiDocument>();
        services.AddSingleton(new TransportSecurity(settings is { TlsPemFile: not null, TlsClientVerifyFile: not null }));
        services.AddSingleton<SecurityDescription>();
        services.AddOpenApi(ApiDocument.Name, o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;

            // HEAD works where GET does.
            o.ShouldInclude = d => d.HttpMethod != HttpMethods.Head;
            o.CreateSchemaReferenceId = type => (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement)
                ? null
                : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            o.AddSchemaTransformer(SchemaDescription.Describe);
            o.AddOperationTransformer(OperationDescription.Describe);
            o.AddDocumentTransformer(DocumentDescription.Describe);
        });
    }

    /// <summary>Serves the document. It needs credentials, as every route does.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder app, string path = ApiDocument.Path) =>
        app.MapGetAndHead(path, async (ApiDocument document, CancellationToken ct) => Answers.Json(await document.Json(ct)))
            .ExcludeFromDescription();
}
