using Commissaire.Security;
using Commissaire.Tokens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>Whether every connection needs a client certificate, before any credentials are read.</summary>
internal sealed record TransportSecurity(bool NeedsCertificate);

/// <summary>Describes the credentials that the configured plug-ins accept.</summary>
internal sealed class SecurityDescription(IAuthorizationPolicyProvider policies, TransportSecurity transport)
{
    private const string Basic = "basic";
    private const string Certificate = "client-certificate";
    private const string Token = "enrolment-token";

    /// <summary>The credentials that an endpoint accepts: one of the requirements, and all parts of it. Empty for none.</summary>
    public async Task<IList<OpenApiSecurityRequirement>> Of(IEnumerable<object> metadata, OpenApiDocument document)
    {
        var policy = metadata.OfType<IAllowAnonymous>().Any() ? null
            : metadata.OfType<IAuthorizeData>().FirstOrDefault()?.Policy is { } name ? await policies.GetPolicyAsync(name)
            : await policies.GetFallbackPolicyAsync();
        var accepted = policy is null ? [] : policy.AuthenticationSchemes.Select(NameOf).Distinct().Order(StringComparer.Ordinal).ToArray();
        return (accepted, transport.NeedsCertificate) switch
        {
            ([], false) => [],
            ([], true) => [Requirement([Certificate], document)],
            (_, false) => [.. accepted.Select(scheme => Requirement([scheme], document))],
            (_, true) => [.. accepted.Select(scheme => Requirement([Certificate, scheme], document))],
        };
    }

    /// <summary>Adds the descriptions of the credentials that are accepted to the document.</summary>
    public async Task AddTo(OpenApiDocument document)
    {
        var register = await policies.GetPolicyAsync(AuthorizationPolicies.RegisterHosts);
        string[] always = transport.NeedsCertificate ? [Certificate] : [];
        foreach (var scheme in register!.AuthenticationSchemes.Select(NameOf).Concat(always).Distinct())
        {
            document.AddComponent<IOpenApiSecurityScheme>(scheme, scheme switch
            {
                Basic => new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "basic",
                    Description = "The name and the password of a configured user.",
                },
                Token => new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An enrolment token, `ID.SECRET`, as its creation returns it. It only registers hosts, into one cluster.",
                },
                _ => new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.MutualTLS,
                    Description = "A client certificate of an authority in `tls_clientverifyfile`, with exactly one common name (CN).",
                },
            });
        }
    }

    // A plug-in that is configured more than once has a number after its name.
    private static string NameOf(string scheme) =>
        scheme == EnrolmentHandler.SchemeName ? Token : scheme == Authentication.BasicScheme ? Basic : Certificate;

    private static OpenApiSecurityRequirement Requirement(IEnumerable<string> schemes, OpenApiDocument document)
    {
        var requirement = new OpenApiSecurityRequirement();
        foreach (var scheme in schemes.Distinct())
        {
            requirement[new OpenApiSecuritySchemeReference(scheme, document)] = [];
        }

        return requirement;
    }
}
