using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Commissaire.Security;

/// <summary>Authenticates with the password of a configured user.</summary>
internal sealed class BasicHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, PasswordVerifier passwords)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var client = Context.Connection.RemoteIpAddress;
        var login = await passwords.Authenticate(Request.Headers.Authorization, client, Context.RequestAborted);
        if (login is LoginResult.Refused refused)
        {
            // Another scheme may still authenticate the request.
            Context.Features.Set(refused);
        }

        return Scheme.Success((login as LoginResult.Proven)?.User);
    }
}

/// <summary>Authenticates with a client certificate that TLS has verified.</summary>
internal sealed class ClientCertificateHandler(IOptionsMonitor<ClientCertificateOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<ClientCertificateOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var certificate = await Context.Connection.GetClientCertificateAsync(Context.RequestAborted);
        var name = certificate is null ? null : Certificates.CommonName(certificate);
        if (certificate is not null && name is null)
        {
            Context.Features.Set(new LoginResult.Refused(
                StatusCodes.Status403Forbidden, "The subject of the client certificate must have exactly one common name (CN)."));
        }

        return Scheme.Success(Options.CommonName is { } expected && expected != name ? null : name);
    }
}

internal sealed class ClientCertificateOptions : AuthenticationSchemeOptions
{
    /// <summary>The only common name to accept; null accepts every verified certificate.</summary>
    public string? CommonName { get; set; }
}

/// <summary>The authenticated user.</summary>
internal static class Users
{
    /// <summary>The result for a user; no result if the user is null.</summary>
    public static AuthenticateResult Success(this AuthenticationScheme scheme, string? user, params IEnumerable<Claim> claims) =>
        user is null
            ? AuthenticateResult.NoResult()
            : AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user), .. claims], scheme.Name)), scheme.Name));

    public static string Name(this ClaimsPrincipal user) =>
        user.Identity?.Name ?? throw new InvalidOperationException("The endpoint is open to requests without a user.");
}
