using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Commissaire.Configuration;

internal sealed record Credentials(AuthenticationHeaderValue? Authorization, X509Certificate2? ClientCertificate)
{
    public static Credentials Basic(string user, string password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))), null);

    /// <summary>Finds the credentials on the command line, else in the configuration, else with a prompt.</summary>
    /// <exception cref="CommandException">User or password is missing, and there is no terminal for a prompt.</exception>
    public static async Task<Credentials> Find(
        ClientConfig config, string? userOption, string? passwordFile, CliEnvironment environment, CancellationToken ct)
    {
        if (config.Kubeconfig is { } kubeconfig && userOption is null)
        {
            return KubeConfig.ReadCredentials(Files.Expand(kubeconfig, environment));
        }

        var user = userOption ?? config.Username ?? await environment.Prompt("Username: ", false, ct)
            ?? throw new CommandException($"No username. Use --username, or set \"username\" in {config.Path}.");
        // The configured password belongs to the configured user.
        var password = passwordFile is not null ? Files.ReadFirstLine("--password-file", passwordFile, environment)
            : user == (config.Username ?? user) && config.Password is { } configured ? configured
            : await environment.Prompt($"Password for {user}: ", true, ct);
        return Basic(user, password
            ?? throw new CommandException($"No password for user '{user}'. Use --password-file, or set \"password\" in {config.Path}."));
    }
}
