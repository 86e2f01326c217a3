using System.Security.Claims;
using System.Text.Encodings.Web;
using Akka.Hosting;
using Commissaire.Security;
using Commissaire.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Commissaire.Tokens;

/// <summary>
/// Authenticates with an enrolment token. Only <see cref="AuthorizationPolicies.RegisterHosts"/> accepts its scheme. An expired, revoked or
/// used up token passes: its entity refuses it with the reason when the host uses it.
/// </summary>
internal sealed class EnrolmentHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IRequiredActor<TokenActor> tokens,
    EntityDirectory directory, LoginLog log)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme, and of the claim that carries the token.</summary>
    public const string SchemeName = "enrolment-token";

    /// <summary>The token that authenticated a request; null if a user did.</summary>
    public static ResourceName? TokenOf(ClaimsPrincipal user) =>
        user.Identity is ClaimsIdentity identity && identity.FindFirst(SchemeName) is { } claim ? ResourceName.Parse(claim.Value) : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (EnrolmentCredential.Read(Request.Headers.Authorization) is not { } credential)
        {
            return AuthenticateResult.NoResult();
        }

        // Tokens need no limit: their secret cannot be guessed, and one read of a row refuses an unknown id. Asking the entity of any id
        // that a stranger sends would fill the memory with entities.
        var verify = new TokenCommand.Verify(credential.Token, credential.Digest);
        if (await directory.Exists(EntityDirectory.Token, credential.Token.Value, Context.RequestAborted)
            && await tokens.ActorRef.AskAsync<TokenReply>(verify, Context.RequestAborted) is TokenReply.Verified)
        {
            return Scheme.Success($"token {credential.Token}", new Claim(SchemeName, credential.Token.Value));
        }

        log.Failed(LoginLimits.AddressOf(Context.Connection.RemoteIpAddress), "an unknown enrolment token");
        return AuthenticateResult.NoResult();
    }
}
