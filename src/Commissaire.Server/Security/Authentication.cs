using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    /// Registers the plug-ins and the policies. Without a plug-in, the first start creates the user <c>admin</c> with a random password,
    /// prints the password once, and stores its hash.
    /// </summary>
    /// <exception cref="StartupException">A plug-in is unknown or wrongly configured.</exception>
    public static void AddAuthentication(
        this IServiceCollection services, ServerSettings settings, Database database, TextWriter console, ILogger log)
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
            Merge(users, database.WithStartupLock(() => FirstUser(settings.DataDirectory, console)));
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

            try
            {
                foreach (var (user, hash) in UsersIn(path))
                {
                    users[user] = hash;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
            {
                log.UsersFileUnusable(path, e.Message);
            }
        }

        if (users.Count == 0)
        {
            log.NoUsers();
        }

        return users;
    }

    private static Dictionary<string, string> FirstUser(string dataDirectory, TextWriter console)
    {
        var path = Path.Combine(dataDirectory, "users.json");
        if (!File.Exists(path))
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var users = new JsonObject { ["admin"] = new JsonObject { ["hash"] = BCrypt.Net.BCrypt.HashPassword(password, 12) } };

            // Print before storing: if the process dies in between, the next start makes a new password.
            console.WriteLine(
                $"No authentication is configured. Log in as user 'admin' with password '{password}'. "
                + $"The password is printed only once; '{path}' keeps its hash.");
            PrivateFile.Create(path, Encoding.UTF8.GetBytes(users.ToJsonString()));
        }

        try
        {
            return UsersIn(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new StartupException(
                $"The users file '{path}' cannot be used: {e.Message} Remove the file: the next start creates a new user.");
        }
    }

    private static Dictionary<string, string> UsersIn(string path)
    {
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
        var users = JsonNode.Parse(OptionFile.Read(path), documentOptions: options)?.AsObject() ?? [];
        return users.Where(u => u.Value?["hash"] is not null).ToDictionary(u => u.Key, u => u.Value!["hash"]!.ToString());
    }
}

internal static partial class AuthenticationLog
{
    [LoggerMessage(LogLevel.Warning, "The users file '{Path}' cannot be used ({Reason}); only users in the configuration can log in")]
    public static partial void UsersFileUnusable(this ILogger log, string path, string reason);

    [LoggerMessage(LogLevel.Warning, "httpbasicauth has no users: no password is accepted")]
    public static partial void NoUsers(this ILogger log);

    [LoggerMessage(
        LogLevel.Warning, "The hash of user '{User}' is no bcrypt hash, so the user cannot log in. 'commctl passhash' makes one")]
    public static partial void UnusableHash(this ILogger log, string user);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);
}
