using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Commissaire.Security;

/// <summary>Authenticates with the password of a configured user, using the <see cref="PasswordVerifier"/> of the scheme's name.</summary>
internal sealed class BasicHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var passwords = Context.RequestServices.GetRequiredKeyedService<PasswordVerifier>(Scheme.Name);
        return Scheme.Success(await passwords.Authenticate(Request.Headers.Authorization, Context.RequestAborted));
    }
}

/// <summary>Authenticates with a client certificate that TLS has verified.</summary>
internal sealed class ClientCertificateHandler(IOptionsMonitor<ClientCertificateOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<ClientCertificateOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var certificate = await Context.Connection.GetClientCertificateAsync(Context.RequestAborted);
        var name = certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return Scheme.Success(name is "" || (Options.CommonName is { } expected && expected != name) ? null : name);
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
