using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Authenticates and authorizes requests: one account has all rights, all others may only read the version and health.</summary>
internal sealed partial class Access(Authority authority, Store store, LabKubernetesOptions options)
{
    public const string Administrators = "system:masters";
    public const string Anonymous = "system:anonymous";
    private const string Administrator = "system:serviceaccount:kube-system:commissaire";
    private const string Nobody = "system:serviceaccount:default:nobody";

    public string Token { get; set; } = NewToken();

    public string TokenWithoutRights { get; } = NewToken();

    /// <summary>How many requests with rights are still refused: the server reads the rights of its users after it has started.</summary>
    public int Unaware { get; set; }

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>The name of the user, and whether it has rights. Invalid credentials are rejected, missing ones are anonymous.</summary>
    public (string User, bool Rights) Authenticate(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate && authority.Vouches(certificate))
        {
            var groups = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                .Where(name => name.GetSingleElementType().FriendlyName is "O")
                .Select(name => name.GetSingleElementValue());
            return (certificate.GetNameInfo(X509NameType.SimpleName, false), groups.Contains(Administrators));
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = header["Bearer ".Length..].Trim();
            return token == Token ? (Administrator, true)
                : token == TokenWithoutRights ? (Nobody, false)
                : BootstrapUser(token) is { } joining ? (joining, false)
                : throw Errors.Unauthorized();
        }

        // Other credentials are invalid, like a wrong token.
        return header.Length == 0 && context.Connection.ClientCertificate is null ? (Anonymous, false) : throw Errors.Unauthorized();
    }

    public void Authorize(string user, bool rights, Target target, string verb)
    {
        var open = target.Path.TrimEnd('/') is "/version" or "/healthz" or "/livez" or "/readyz";
        if (!open && (!rights || IsUnaware()))
        {
            throw Errors.Forbidden(target, user, verb);
        }
    }

    private bool IsUnaware()
    {
        lock (store.Guard)
        {
            return Unaware > 0 && Unaware-- > 0;
        }
    }

    private string? BootstrapUser(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 2
            || store.FindCached(Kind.Secret, "kube-system", $"bootstrap-token-{parts[0]}", options.TokenLag) is not { } secret)
        {
            return null;
        }

        string? Data(string key) => secret.Text("data", key) is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String(value)) : null;
        var valid = secret.Text("type") is BootstrapTokens.Type
            && Data("token-id") == parts[0]
            && Data("token-secret") == parts[1]
            && Data("usage-bootstrap-authentication") is "true"
            && (Data("auth-extra-groups") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).All(group => Group().IsMatch(group))
            && !BootstrapTokens.Expired(secret, DateTime.UtcNow);
        return valid ? $"system:bootstrap:{parts[0]}" : null;
    }

    [GeneratedRegex(@"\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z")]
    private static partial Regex Group();
}
