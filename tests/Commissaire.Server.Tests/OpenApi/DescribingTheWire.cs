using System.ComponentModel;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Akka.Cluster;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Runs;
using Commissaire.Hosts;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;
using Microsoft.OpenApi;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>The OpenAPI document is valid, complete, and has the names and words of the wire.</summary>
[Collection(OneServer.Name)]
public sealed class DescribingTheWire(SharedServer shared)
{
    private static readonly string[] RunRequests = ["RestartRequest", "UpgradeRequest", "DeployRequest"];
    private static readonly string[] Statuses = Words<HostStatus>(s => s.ToWireName());
    private static readonly string[] ClusterStatuses = Words<ClusterStatus>(s => s.ToWireName());
    private static readonly string[] RunStatuses = Words<RunStatus>(s => s.ToWireName());
    private static readonly string[] Verbs = Words<RunVerb>(v => v.ToWireName());
    private static readonly string[] Policies = Words<BootstrapPolicy>(p => p.ToWireName());

    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task The_document_is_valid_OpenAPI()
    {
        var (document, diagnostic) = OpenApiDocument.Parse((await _server.Send("GET ~/openapi/v1.json")).Text, "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic!.SpecificationVersion);
        Assert.Empty(diagnostic.Errors.Concat(diagnostic.Warnings).Select(e => $"{e.Pointer}: {e.Message}"));
        Assert.Empty(document!.Validate(ValidationRuleSet.GetDefaultRuleSet()).Select(e => $"{e.Pointer}: {e.Message}"));
    }

    [Fact]
    public async Task Every_operation_and_parameter_is_described()
    {
        var document = await Document();
        var operations = Operations(document).ToList();
        var tags = document["tags"]!.AsArray().Select(t => t!["name"]!.ToString()).ToList();

        Assert.True(operations.Count > 55, $"only {operations.Count} operations");
        Assert.Equal(operations.Count, operations.Select(o => o.Operation["operationId"]!.ToString()).Distinct().Count());
        Assert.All(operations, o =>
        {
            Assert.NotEmpty(o.Operation["summary"]!.ToString());
            Assert.Contains(Assert.Single(o.Operation["tags"]!.AsArray())!.ToString(), tags);
            Assert.All(o.Operation["parameters"]?.AsArray() ?? [], p => Assert.NotEmpty(p!["description"]!.ToString()));
            Assert.All(o.Operation["responses"]!.AsObject().Where(r => r.Key[0] == '4'), r =>
                Assert.True(r.Value!["$ref"] is not null || r.Value["description"]!.ToString().EndsWith('.'), $"{o.Name} {r.Key}"));
        });
    }

    [Fact]
    public async Task Aliases_and_HEAD_are_not_listed()
    {
        var document = await Document();
        Assert.DoesNotContain(Operations(document), o => o.Name.StartsWith("head", StringComparison.Ordinal));
        Assert.Empty(new[] { "/api/v0/cluster", "/api/v0/network", "/api/v0/containermanager", "/docs", "/openapi/v1.json" }
            .Where(alias => document["paths"]![alias] is not null));
    }

    [Fact]
    public async Task Every_schema_has_the_fields_of_the_wire()
    {
        foreach (var (name, schema) in await Schemas())
        {
            var wire = Wire(name);
            var fields = schema["properties"]!.AsObject().Select(p => p.Key).ToList();
            var missing = wire.Properties.Where(p => !fields.Contains(p.Name)).ToList();

            Assert.Empty(fields.Except(wire.Properties.Select(p => p.Name)));
            Assert.All(missing, p => Assert.True(IsIgnored(p) || RunRequests.Contains(name), $"{name}.{p.Name}"));
            Assert.All(schema["properties"]!.AsObject(), p => Assert.NotEmpty(p.Value!["description"]!.ToString()));
        }
    }

    [Fact]
    public async Task Integers_are_integers_and_only_an_end_that_is_not_known_is_null()
    {
        var types = (await Schemas()).SelectMany(s => s.Schema["properties"]!.AsObject().Select(p => (Name: $"{s.Name}.{p.Key}", p.Value)))
            .Where(p => p.Value!["type"] is JsonArray).Select(p => p.Name);
        Assert.Equal(["RunResource.finished_at", "RunSummary.finished_at"], types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Times_have_the_form_of_the_wire()
    {
        var pattern = (await Schema("HostResource"))["properties"]!["since"]!["pattern"]!.ToString();
        Assert.Matches(pattern, Http.Timestamp.Format(DateTimeOffset.UnixEpoch));
        foreach (var (name, schema) in await Schemas())
        {
            Assert.All(
                schema["properties"]!.AsObject().Where(p => p.Value!["description"]!.ToString().Contains(" UTC", StringComparison.Ordinal)),
                p => Assert.True(p.Value!["pattern"]?.ToString() == pattern, $"{name}.{p.Key}"));
        }
    }

    public static TheoryData<string, string, string[]> Enumerations => new()
    {
        { "HostResource", "status", Statuses },
        { "HostHealth", "status", Statuses },
        { "ClusterResource", "status", ClusterStatuses },
        { "ClusterSummary", "status", ClusterStatuses },
        { "ClusterMembers", "status", ClusterStatuses },
        { "ClusterResource", "bootstrap", [.. Policies.Except(["auto"])] },
        { "ClusterSummary", "bootstrap", [.. Policies.Except(["auto"])] },
        { "PutClusterRequest", "bootstrap", Policies },
        { "RegisterHostRequest", "bootstrap", Policies },
        { "RunResource", "status", RunStatuses },
        { "RunSummary", "status", RunStatuses },
        { "RunResource", "verb", Verbs },
        { "RunSummary", "verb", Verbs },
        { "RunHostResource", "outcome", Words<RunHostPhase>(p => p.ToWireName()) },
        { "RunOptionsResource", "reboot", Words<RebootPolicy>(p => p.ToWireName()) },
        { "RunOptionsResource", "on_failure", Words<FailurePolicy>(p => p.ToWireName()) },
        { "RunOptionsResource", "on_drain_timeout", Words<DrainTimeoutPolicy>(p => p.ToWireName()) },
        { "DeployRequest", "reboot", Words<RebootPolicy>(p => p.ToWireName()) },
        { "DeployRequest", "on_failure", Words<FailurePolicy>(p => p.ToWireName()) },
        { "DeployRequest", "on_drain_timeout", Words<DrainTimeoutPolicy>(p => p.ToWireName()) },
        { "ContainerManagerResource", "type", Words<ContainerManagerType>(t => t.ToWireName()) },
        { "PutContainerManagerRequest", "type", Words<ContainerManagerType>(t => t.ToWireName()) },
        { "ProcessResource", "status", Words<MemberStatus>(s => s.ToWireName()) },
    };

    [Theory]
    [MemberData(nameof(Enumerations))]
    public async Task Words_are_those_of_the_wire(string schema, string field, string[] words)
    {
        var described = (await Schema(schema))["properties"]![field]!["enum"]!.AsArray().Select(w => w!.ToString());
        Assert.Equal(words.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(200, "application/json", """{"total": 1, "available": 1}""", "unavailable: PropertyRequired")]
    [InlineData(200, "application/json", """{"total": 1, "available": 1, "unavailable": "0"}""", "unavailable: IntegerExpected")]
    [InlineData(200, "application/json", """{"total": 1, "available": 1, "unavailable": 0, "x": 0}""", "x: NoAdditionalPropertiesAllowed")]
    [InlineData(200, "text/plain", "{}", "200 is not 'text/plain'")]
    [InlineData(418, "application/json", "{}", "it has no 418")]
    public async Task An_answer_that_the_document_does_not_describe_fails_its_test(int status, string type, string counts, string problem)
    {
        var body = $$"""
            {"name": "c", "status": "ok", "network": "default", "hostset": [], "container_manager": "", "hosts": {{counts}}, "reason": ""}
            """;
        var answer = new Answered((HttpStatusCode)status, type, null, Encoding.UTF8.GetBytes(body), []);
        Assert.Contains(problem, await Described.Problem(_server, "GET", "/api/v0/cluster/c", answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_are_valid()
    {
        var document = await Described.By(_server);
        var examples = (await Schemas()).Where(s => s.Schema["examples"] is not null).ToList();

        Assert.True(examples.Count > 20, $"only {examples.Count} examples");
        Assert.All(examples, s => Assert.All(s.Schema["examples"]!.AsArray(), e =>
            Assert.Empty(Described.Validate(document.Components.Schemas[s.Name], e!.ToJsonString()).Select(p => $"{s.Name}: {p}"))));
    }

    [Fact]
    public async Task Every_operation_names_the_credentials_that_it_accepts()
    {
        var document = await Document();
        foreach (var (name, operation) in Operations(document))
        {
            string[] expected = name.Contains("/healthz/", StringComparison.Ordinal) ? []
                : name is "put /api/v0/host" or "put /api/v0/host/{address}" ? ["basic", "enrolment-token"]
                : ["basic"];
            var accepted = operation["security"]!.AsArray().Select(r => r!.AsObject().Single().Key);
            Assert.Equal(expected, accepted);
            Assert.Equal(expected.Length > 0, operation["responses"]!["403"] is not null);
        }

        Assert.Equal("http basic, http bearer", string.Join(", ", document["components"]!["securitySchemes"]!.AsObject()
            .Select(s => $"{s.Value!["type"]} {s.Value["scheme"]}").Order(StringComparer.Ordinal)));
    }

    private static string[] Words<T>(Func<T, string> nameOf)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(nameOf).Distinct()];

    private static bool IsIgnored(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(BrowsableAttribute), false).Length > 0;

    // The type behind a schema.
    private static JsonTypeInfo Wire(string schema)
    {
        var name = RunRequests.Contains(schema) ? nameof(StartRunRequest) : schema;
        var type = typeof(ContractsJson).Assembly.GetExportedTypes().Single(t => t.Name == name);
        return ContractsJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type} is not on the wire.");
    }

    private static IEnumerable<(string Name, JsonNode Operation)> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => ($"{o.Key} {p.Key}", o.Value!)));

    private async Task<JsonNode> Document() => (await _server.Send("GET ~/openapi/v1.json")).Json!;

    private async Task<JsonNode> Schema(string name) => (await Document())["components"]!["schemas"]![name]!;

    private async Task<IReadOnlyList<(string Name, JsonNode Schema)>> Schemas() =>
        [.. (await Document())["components"]!["schemas"]!.AsObject().Select(s => (s.Key, s.Value!))];
}
