using System.Text.Json.Nodes;
using Commissaire.Contracts;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>The server accepts the bodies that the OpenAPI document describes, and rejects others.</summary>
[Collection(OneServer.Name)]
public sealed class RejectingWhatIsNotDescribed(SharedServer shared)
{
    private const string Unlisted = "not-a-word-of-this-field";

    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData("PUT /host/{address}", "RegisterHostRequest")]
    [InlineData("PUT /host/{address}/credentials", "ChangeCredentialsRequest")]
    [InlineData("PUT /host/{address}/hostkey", "AcceptHostKeyRequest")]
    [InlineData("PUT /cluster/{name}", "PutClusterRequest")]
    [InlineData("PUT /cluster/{name}/hosts", "ReplaceMembersRequest")]
    [InlineData("PUT /cluster/{name}/restart", "RestartRequest")]
    [InlineData("PUT /cluster/{name}/upgrade", "UpgradeRequest")]
    [InlineData("PUT /cluster/{name}/deploy", "DeployRequest")]
    [InlineData("PUT /network/{name}", "PutNetworkRequest")]
    [InlineData("PUT /containermanager/{name}", "PutContainerManagerRequest")]
    [InlineData("POST /tokens", "CreateTokenRequest")]
    public async Task Bodies_are_accepted_and_rejected_as_described(string route, string name)
    {
        var cluster = shared.Name("described");
        await _server.Expect($"PUT /cluster/{cluster}", null, 201);
        var line = route
            .Replace("{name}", route.Contains("/cluster/", StringComparison.Ordinal) ? cluster : shared.Name("n"), StringComparison.Ordinal)
            .Replace("{address}", shared.Address(), StringComparison.Ordinal);
        var schema = (await _server.Send("GET ~/openapi/v1.json")).Json!["components"]!["schemas"]![name]!;
        var required = schema["required"]?.AsArray().Select(r => r!.ToString()).ToList() ?? [];

        await Rejects(line, "unknown", Base(name, cluster, "").With("unknown", "x"));
        foreach (var field in required)
        {
            var without = Base(name, cluster, field);
            without.Remove(field);
            await Rejects(line, field, without);
        }

        foreach (var (field, described) in schema["properties"]!.AsObject())
        {
            var body = Base(name, cluster, field);
            await Rejects(line, field, body.With(field, null));
            foreach (var value in Invalid(described!))
            {
                await Rejects(line, field, body.With(field, value));
            }

            foreach (var value in Valid(described!))
            {
                var answer = await _server.Send(line, body.With(field, value).ToJsonString());
                var isRejected = (int)answer.Status == 400 && answer.Detail.StartsWith($"{field}:", StringComparison.Ordinal);
                Assert.False(isRejected, $"{line} {field}: {answer}");
            }
        }
    }

    [Theory]
    [InlineData("restart", "RestartRequest")]
    [InlineData("upgrade", "UpgradeRequest")]
    public async Task Fields_of_other_verbs_are_rejected(string verb, string name)
    {
        var cluster = shared.Name("described");
        await _server.Expect($"PUT /cluster/{cluster}", null, 201);
        var schema = (await _server.Send("GET ~/openapi/v1.json")).Json!["components"]!["schemas"]![name]!;
        var others = ContractsJson.Default.StartRunRequest.Properties.Select(p => p.Name)
            .Except(schema["properties"]!.AsObject().Select(p => p.Key)).ToList();

        Assert.Contains("version", others);
        foreach (var field in others)
        {
            await Rejects($"PUT /cluster/{cluster}/{verb}", field, new JsonObject { [field] = "always" });
        }
    }

    [Fact]
    public async Task Options_that_are_not_described_are_rejected()
    {
        await Rejects($"PUT /network/{shared.Name("n")}", "unknown", new JsonObject { ["options"] = new JsonObject { ["unknown"] = "x" } });
        foreach (var type in new[] { "kubernetes", "openshift", "trivial" })
        {
            var options = new JsonObject { ["unknown"] = "x" };
            await Rejects(
                $"PUT /containermanager/{shared.Name("m")}", "unknown", new JsonObject { ["type"] = type, ["options"] = options });
        }
    }

    // A valid body, with which a field can be tried.
    private static JsonObject Base(string request, string cluster, string field)
    {
        var body = request switch
        {
            "RegisterHostRequest" => new JsonObject { ["ssh_priv_key"] = Keys.One },
            "ChangeCredentialsRequest" => new JsonObject { ["port"] = 22 },
            "AcceptHostKeyRequest" => new JsonObject { ["fingerprint"] = "SHA256:" + new string('k', 43) },
            "ReplaceMembersRequest" => new JsonObject { ["old"] = new JsonArray(), ["new"] = new JsonArray() },
            "DeployRequest" => new JsonObject { ["version"] = "1.2" },
            "CreateTokenRequest" => new JsonObject { ["cluster"] = cluster },
            "PutContainerManagerRequest" => new JsonObject { ["type"] = "trivial" },
            _ => [],
        };
        return field == "force_grace" ? body.With("on_drain_timeout", "force") : body;
    }

    private static IEnumerable<JsonNode?> Valid(JsonNode described) =>
    [
        .. described["enum"]?.AsArray().Select(w => w!.DeepClone()) ?? [],
        .. new[] { described["minimum"], described["maximum"], described["default"] }.Where(v => v is not null).Select(v => v!.DeepClone()),
        .. described["oneOf"] is null ? Array.Empty<JsonNode?>() : [1, "1", "1%", "100%"],
        .. described["maxLength"] is { } longest ? new JsonNode?[] { new string('x', (int)longest) } : [],
    ];

    private static IEnumerable<JsonNode?> Invalid(JsonNode described) =>
    [
        .. described["type"]?.ToString() switch
        {
            "string" => [7, new JsonArray()],
            "integer" => ["7", 1.5, true],
            "boolean" => ["true", 1],
            "array" => ["x", new JsonArray(7)],
            null when described["oneOf"] is not null => [0, -1, 1.5, "0%", "101%", "x", true, new JsonArray()],
            _ => new JsonNode?[] { "x", 7 },
        },
        .. described["enum"] is null ? Array.Empty<JsonNode?>() : [Unlisted],
        .. described["minimum"] is { } least ? new JsonNode?[] { (long)least - 1 } : [],
        .. described["maximum"] is { } most ? new JsonNode?[] { (long)most + 1 } : [],
        .. described["maxLength"] is { } longest ? new JsonNode?[] { new string('x', (int)longest + 1) } : [],
        .. described["minLength"] is { } shortest && (int)shortest > 0 ? new JsonNode?[] { "" } : [],
    ];

    private async Task Rejects(string line, string field, JsonObject body)
    {
        var answer = await _server.Send(line, body.ToJsonString());
        Assert.True((int)answer.Status == 400, $"{line} {field} {body.ToJsonString()}: {answer}");
        Assert.Contains(field, answer.Detail, StringComparison.Ordinal);
    }
}

internal static class JsonObjects
{
    /// <summary>A copy with another field.</summary>
    public static JsonObject With(this JsonObject body, string field, JsonNode? value)
    {
        var copy = body.DeepClone().AsObject();
        copy[field] = value?.DeepClone();
        return copy;
    }
}
