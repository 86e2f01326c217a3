using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Storage;
using Commissaire.Tokens;

namespace Commissaire.Security;

/// <summary>Makes the configured ways of authentication.</summary>
internal static class Authentication
{
    /// <summary>
    /// Registers the configured ways. When none is configured, a user <c>admin</c> with a random password is made at the first start; the
    /// password is said once, and only its hash is kept.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">What is configured.</param>
    /// <param name="database">Whose processes may share the data directory, and make one first user.</param>
    /// <param name="console">Where the password is said.</param>
    /// <param name="log">Where warnings go.</param>
    /// <exception cref="StartupException">A way is not known, or is wrongly configured.</exception>
    public static void AddAuthentication(this IServiceCollection services, ServerSettings settings, Database database, TextWriter console, ILogger log)
    {
        foreach (var plugin in settings.Plugins)
        {
            services.AddSingleton(Authenticator(plugin, settings, log));
        }

        if (settings.Plugins.IsEmpty)
        {
            services.AddSingleton(Basic(database.WithStartupLock(() => FirstUser(settings.DataDirectory, console))));
        }

        services.AddSingleton<IAuthenticator, EnrolmentAuthenticator>();
    }

    private static Func<IServiceProvider, IAuthenticator> Authenticator(AuthenticationPlugin plugin, ServerSettings settings, ILogger log)
    {
        switch (plugin.Name)
        {
            case "httpbasicauth":
                var users = plugin.Users.ToDictionary();
                if (plugin.Options.TryGetValue("filepath", out var path))
                {
                    try
                    {
                        foreach (var (user, hash) in Users(path))
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

                return Basic(users);
            case "httpauthclientcert" when settings.TlsPemFile is null || settings.TlsClientVerifyFile is null:
                throw new StartupException("httpauthclientcert needs --tls-pemfile and --tls-clientverifyfile.");
            case "httpauthclientcert":
                return _ => new ClientCertificateAuthenticator(plugin.Options.GetValueOrDefault("cn"));
            default:
                throw new StartupException($"Authentication plug-in '{plugin.Name}' is not supported; supported are httpbasicauth and httpauthclientcert.");
        }
    }

    private static Func<IServiceProvider, IAuthenticator> Basic(IReadOnlyDictionary<string, string> users) =>
        services => new BasicAuthenticator(users, services.GetRequiredService<TimeProvider>());

    private static Dictionary<string, string> FirstUser(string dataDirectory, TextWriter console)
    {
        var path = Path.Combine(dataDirectory, "users.json");
        if (!File.Exists(path))
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var users = new JsonObject { ["admin"] = new JsonObject { ["hash"] = BCrypt.Net.BCrypt.HashPassword(password, 12) } };

            // Said before it is kept: whoever is killed between the two says another one at the next start, instead of none ever.
            console.WriteLine($"No authentication is configured. Log in as user 'admin' with password '{password}'. This is said only once; '{path}' keeps the hash.");
            PrivateFile.Create(path, Encoding.UTF8.GetBytes(users.ToJsonString()));
        }

        try
        {
            return Users(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new StartupException($"The users file '{path}' cannot be used: {e.Message} Remove it, and the next start makes a new user.");
        }
    }

    private static Dictionary<string, string> Users(string path)
    {
        var users = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })?.AsObject() ?? [];
        return users.Where(u => u.Value?["hash"] is not null).ToDictionary(u => u.Key, u => u.Value!["hash"]!.ToString());
    }
}

/// <summary>What is logged about authentication.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(LogLevel.Warning, "The users file '{Path}' cannot be used ({Reason}); only users in the configuration are known")]
    public static partial void UsersFileUnusable(this ILogger log, string path, string reason);

    [LoggerMessage(LogLevel.Warning, "httpbasicauth knows no users: nobody can log in with a password")]
    public static partial void NoUsers(this ILogger log);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);
}
