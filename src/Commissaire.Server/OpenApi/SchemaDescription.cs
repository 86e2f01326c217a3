using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Networks;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>
/// Adds to schemas what ASP.NET does not read from the contracts: words, times, limits, options, and which fields are sent or accepted.
/// </summary>
internal static class SchemaDescription
{
    private const string TimePattern = @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$";
    private const string LimitPattern = "^([1-9][0-9]*|(100|[1-9][0-9]?)%)$";
    private const string Options = "options";

    // The key under which ASP.NET keeps the description of a property whose schema is a component.
    private const string DescriptionOfReference = "x-ref-description";

    private static readonly HashSet<string> Times =
        ["at", "created_at", "expires_at", "finished_at", "last_check", "since", "started_at"];

    private static readonly Dictionary<Type, Type> OptionsOf = new()
    {
        [typeof(NetworkResource)] = typeof(NetworkOptions),
        [typeof(PutNetworkRequest)] = typeof(NetworkOptions),
        [typeof(ContainerManagerResource)] = typeof(ContainerManagerOptions),
        [typeof(PutContainerManagerRequest)] = typeof(ContainerManagerOptions),
    };

    /// <summary>Describes a type, or the property of a type.</summary>
    public static async Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        schema.Description = OneLine(schema.Description);
        if (context.JsonPropertyInfo is { } property)
        {
            DescribeField(schema, property);
            if (schema.Metadata?.TryGetValue(DescriptionOfReference, out var description) == true)
            {
                schema.Metadata[DescriptionOfReference] = OneLine((string)description)!;
            }
        }

        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && schema.Properties is { } fields)
        {
            foreach (var ignored in context.JsonTypeInfo.Properties.Where(p => Attributes<BrowsableAttribute>(p).Any(a => !a.Browsable)))
            {
                fields.Remove(ignored.Name);
            }

            // The server rejects unknown fields, and ignores those of the resource: see the description of the document.
            schema.AdditionalPropertiesAllowed = !IsSent(context.JsonTypeInfo.Type);
            if (OptionsOf.TryGetValue(context.JsonTypeInfo.Type, out var type))
            {
                var options = await context.GetOrCreateSchemaAsync(type, null, ct);
                options.Metadata ??= new Dictionary<string, object>();
                options.Metadata[DescriptionOfReference] = fields[Options].Description ?? "";
                fields[Options] = options;
            }
        }
    }

    // Comments are wrapped, and indented.
    private static string? OneLine(string? text) =>
        text is null ? null : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static void DescribeField(OpenApiSchema schema, JsonPropertyInfo field)
    {
        var isLeftOut = Attributes<JsonIgnoreAttribute>(field).Any(a => a.Condition == JsonIgnoreCondition.WhenWritingNull);
        if (isLeftOut || IsSent(field.DeclaringType))
        {
            schema.Type &= ~JsonSchemaType.Null;
        }

        if (Attributes<AllowedValuesAttribute>(field).FirstOrDefault() is { } words)
        {
            schema.Enum = [.. words.Values.Select(word => (JsonNode)(string)word!)];
        }

        if (Times.Contains(field.Name))
        {
            schema.Pattern = TimePattern;
        }

        if (field.PropertyType == typeof(JsonElement?))
        {
            schema.Type = null;
            schema.Default = 1;
            schema.OneOf =
            [
                new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" },
                new OpenApiSchema { Type = JsonSchemaType.String, Pattern = LimitPattern },
            ];
        }
    }

    // Bodies of requests, and the options in them. Null is never accepted there.
    private static bool IsSent(Type type) =>
        type.Name.EndsWith("Request", StringComparison.Ordinal) || type.Name.EndsWith("Options", StringComparison.Ordinal);

    private static IEnumerable<T> Attributes<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false).Cast<T>() ?? [];
}
