using System.Collections.Immutable;
using Commissaire.Configuration;
using Commissaire.Storage;
using Commissaire.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace Commissaire.Security;

/// <summary>Registers the configured authentication plug-ins as ASP.NET schemes.</summary>
internal static class Authentication
{
    /// <summary>The scheme that verifies the passwords of all users.</summary>
    public const string BasicScheme = "httpbasicauth";

    /// <summary>
    /// Registers the plug-ins and the policies. Without a plug-in, the first start creates the user <c>admin</c> with a random password.
    /// </summary>
    /// <exception cref="StartupException">A plug-in is unknown or wrongly configured.</exception>
    public static void AddAuthentication(this IServiceCollection services, ServerSettings settings, Database database, ILogger log)
    {
        var authentication = services.AddAuthentication();
        authentication.AddScheme<AuthenticationSchemeOptions, EnrolmentHandler>(EnrolmentHandler.SchemeName, null);
        var (schemes, users) = (new List<string>(), new Dictionary<string, ImmutableArray<string>>());
        foreach (var plugin in settings.Plugins)
        {
            // A plug-in may be configured more than once.
            var scheme = plugin.Name == BasicScheme ? BasicScheme : $"{plugin.Name}#{schemes.Count + 1}";
            schemes.AddRange(schemes.Contains(scheme) ? [] : [scheme]);
            AddPlugin(authentication, scheme, plugin, users, settings, log);
        }

        if (schemes.Count == 0)
        {
            // Processes may share the data directory, and must create one user.
            schemes.Add(BasicScheme);
            Merge(users, database.WithStartupLock(() => UsersFile.First(settings.DataDirectory)));
        }

        if (schemes.Contains(BasicScheme))
        {
            // One scheme verifies all users, so that a login is one attempt, whichever plug-in has the user.
            authentication.AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicScheme, null);
            foreach (var user in users.Where(u => u.Value.Any(h => BcryptDecoys.CostOf(h) is null)).Select(u => u.Key))
            {
                log.UnusableHash(user);
            }
        }

        services.AddSingleton<LoginLimits>(_ => new LoginLimits());
        services.AddSingleton<LoginLog>();
        services.AddSingleton(s => new PasswordVerifier(
            users, s.GetRequiredService<LoginLimits>(), s.GetRequiredService<LoginLog>(), s.GetRequiredService<TimeProvider>()));
        services.AddPolicies(schemes, EnrolmentHandler.SchemeName);
    }

    private static void AddPlugin(
        AuthenticationBuilder authentication, string scheme, AuthenticationPlugin plugin, Dictionary<string, ImmutableArray<string>> users,
        ServerSettings settings, ILogger log)
    {
        ThrowIfUnknownOption(plugin);
        switch (plugin.Name)
        {
            case BasicScheme:
                Merge(users, ConfiguredUsers(plugin, log));
                break;
            case "httpauthclientcert" when settings.TlsPemFile is null || settings.TlsClientVerifyFile is null:
                throw new StartupException("httpauthclientcert needs --tls-pemfile and --tls-clientverifyfile.");
            case "httpauthclientcert":
                authentication.AddScheme<ClientCertificateOptions, ClientCertificateHandler>(
                    scheme, o => o.CommonName = plugin.Options.GetValueOrDefault("cn"));
                break;
            default:
                throw new StartupException(
                    $"Authentication plug-in '{plugin.Name}' is not supported. Supported are httpbasicauth and httpauthclientcert.");
        }
    }

    // A misspelt option would leave a door open: without cn, any verified certificate is accepted.
    private static void ThrowIfUnknownOption(AuthenticationPlugin plugin)
    {
        string[] known = plugin.Name switch { BasicScheme => ["filepath"], "httpauthclientcert" => ["cn"], _ => [.. plugin.Options.Keys] };
        if (plugin.Options.Keys.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new StartupException(
                $"authentication_plugins: {UnknownName.Problem(unknown, $"an option of {plugin.Name}", known)}");
        }
    }

    private static void Merge(Dictionary<string, ImmutableArray<string>> users, Dictionary<string, string> more)
    {
        foreach (var (user, hash) in more)
        {
            users[user] = [.. users.GetValueOrDefault(user, []), hash];
        }
    }

    private static Dictionary<string, string> ConfiguredUsers(AuthenticationPlugin plugin, ILogger log)
    {
        var users = plugin.Users.ToDictionary();
        if (plugin.Options.TryGetValue("filepath", out var path))
        {
            if (PrivateFile.WarningOf("filepath", path) is { } warning)
            {
                log.ConfigurationWarning(warning);
            }

            foreach (var (user, hash) in UsersFile.Read(path, "Mend it, or remove the option filepath of httpbasicauth."))
            {
                users[user] = hash;
            }
        }

        if (users.Count == 0)
        {
            log.NoUsers();
        }

        return users;
    }
}

internal static partial class AuthenticationLog
{
    [LoggerMessage(LogLevel.Warning, "httpbasicauth has no users: no password is accepted")]
    public static partial void NoUsers(this ILogger log);

    [LoggerMessage(
        LogLevel.Warning, "The hash of user '{User}' is no bcrypt hash, so the user cannot log in. 'commctl passhash' makes one")]
    public static partial void UnusableHash(this ILogger log, string user);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);
}
