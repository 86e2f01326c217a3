using System.Text.Json.Nodes;
using Commissaire.OpenApi;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>The OpenAPI document names the credentials that the server is configured to accept.</summary>
public sealed class NamingCredentials
{
    private const string Token = "enrolment-token";

    [Theory]
    [InlineData("basic", false, "httpbasicauth")]
    [InlineData("client-certificate+basic", true, "httpbasicauth")]
    [InlineData("client-certificate", true, "httpauthclientcert#1")]
    [InlineData("client-certificate+basic or client-certificate", true, "httpauthclientcert#1", "httpbasicauth", "httpauthclientcert#3")]
    public async Task Users_prove_themselves_as_configured(string expected, bool certificate, params string[] plugins) =>
        Assert.Equal(expected, await Accepted(certificate, plugins));

    [Theory]
    [InlineData("basic or enrolment-token", false, "httpbasicauth")]
    [InlineData("client-certificate or client-certificate+enrolment-token", true, "httpauthclientcert#1")]
    public async Task Hosts_register_themselves_with_a_token(string expected, bool certificate, params string[] plugins) =>
        Assert.Equal(expected, await Accepted(certificate, plugins, new AuthorizeAttribute(AuthorizationPolicies.RegisterHosts)));

    [Theory]
    [InlineData("", false)]
    [InlineData("client-certificate", true)]
    public async Task Health_needs_what_the_connection_needs(string expected, bool certificate) =>
        Assert.Equal(expected, await Accepted(certificate, ["httpbasicauth"], new AllowAnonymousAttribute()));

    [Fact]
    public async Task A_document_with_client_certificates_and_anonymous_metrics_is_valid()
    {
        await using var server = await RunningServer.Start(
            RunningServer.NewDataDirectory(),
            new ScriptedShell(),
            new JsonObject { ["metrics_anonymous"] = true },
            services => services.AddSingleton(new TransportSecurity(true)));
        var answer = await server.Send("GET ~/openapi/v1.json");
        var (_, diagnostic) = OpenApiDocument.Parse(answer.Text, "json");

        Assert.Empty(diagnostic!.Errors.Concat(diagnostic.Warnings).Select(e => $"{e.Pointer}: {e.Message}"));
        Assert.Equal("mutualTLS", answer.Json!["components"]!["securitySchemes"]!["client-certificate"]!["type"]!.ToString());
        Assert.Equal("""[{"client-certificate":[]}]""", answer.Json["paths"]!["/metrics"]!["get"]!["security"]!.ToJsonString());
    }

    private static async Task<string> Accepted(bool certificate, string[] plugins, params object[] metadata)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddPolicies(plugins, Token);
        await using var provider = services.BuildServiceProvider();
        var description = new SecurityDescription(
            provider.GetRequiredService<IAuthorizationPolicyProvider>(), new TransportSecurity(certificate));
        var requirements = await description.Of(metadata, new OpenApiDocument());
        return string.Join(" or ", requirements.Select(r => string.Join('+', r.Keys.Select(s => s.Reference.Id))));
    }
}
