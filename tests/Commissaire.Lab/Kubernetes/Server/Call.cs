using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>An authorized request: a verb and its target.</summary>
internal sealed record Call(Kind Kind, Target Target, string Verb, IQueryCollection Query, string ContentType, string Body)
{
    /// <summary>The name under which the written fields are owned.</summary>
    public string Manager { get; init; } = "";

    public string Name => Target.Name;

    public string Namespace => Target.Namespace;

    public bool DryRun => Query["dryRun"].Contains("All");

    public string MediaType => ContentType.Split(';')[0].Trim().ToLowerInvariant();

    public JsonNode Parse()
    {
        try
        {
            return JsonNode.Parse(Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })
                ?? throw new JsonException("null");
        }
        catch (JsonException malformed)
        {
            throw Errors.BadRequest(
                $"the object provided is unrecognized (must be of type {Kind.Name}): "
                + $"couldn't get version/kind; json parse error: {malformed.Message}");
        }
    }

    public JsonObject ParseObject() =>
        Parse() as JsonObject ?? throw Errors.BadRequest("json: cannot unmarshal into Go value: the body is not an object");

    /// <summary>Decodes the body by its type. Returns it with the warnings for the answer.</summary>
    public (JsonObject Body, List<string> Warnings) Decode(string type, string apiVersion)
    {
        if (MediaType is not ("application/json" or ""))
        {
            throw Errors.ContentType("application/json, application/yaml, application/vnd.kubernetes.protobuf");
        }

        var body = ParseObject();
        var (kind, version) = (body.Text("kind") ?? type, body.Text("apiVersion") ?? apiVersion);
        if (version != apiVersion)
        {
            throw Errors.BadRequest(type == Kind.Name && version.Split('/').Length == apiVersion.Split('/').Length
                ? $"the API version in the data ({version}) does not match the expected API version ({apiVersion})"
                : $"no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
        }

        if (kind != type)
        {
            throw Errors.BadRequest($"the object provided is unrecognized (must be of type {type}): {kind}");
        }

        return (body, Check(type, body, strict => Errors.Unreadable(type, version.Split('/')[^1], strict)));
    }

    /// <summary>Drops, warns about or rejects unknown fields, as the client requests.</summary>
    public List<string> Check(
        string type, JsonObject body, Func<string, RefusedException> strictly, Func<string, RefusedException>? wrongType = null)
    {
        List<string> unknown;
        try
        {
            unknown = Schema.Decode(type, body);
        }
        catch (FormatException wrong)
        {
            throw wrongType?.Invoke(wrong.Message) ?? Errors.Unreadable(type, "v1", wrong.Message);
        }

        return Query["fieldValidation"].ToString() switch
        {
            "Strict" when unknown.Count > 0 => throw strictly($"strict decoding error: {string.Join(", ", unknown)}"),
            "Strict" or "Ignore" => [],
            "" or "Warn" => unknown,
            var other => throw Errors.Invalid(
                null, "", "fieldValidation", "Invalid value", $"\"{other}\": must be one of: \"Ignore\", \"Warn\", \"Strict\""),
        };
    }

    /// <summary>An object with its kind and API version, as answers contain it.</summary>
    public static JsonObject Whole(Kind kind, JsonObject each)
    {
        var whole = new JsonObject { ["kind"] = kind.Name, ["apiVersion"] = kind.ApiVersion };
        foreach (var (name, value) in each)
        {
            whole[name] = value?.DeepClone();
        }

        return whole;
    }

    public static JsonObject Success(int? code = null, JsonObject? details = null)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
        };
        if (details is not null)
        {
            status["details"] = details;
        }

        if (code is not null)
        {
            status["code"] = code;
        }

        return status;
    }
}
