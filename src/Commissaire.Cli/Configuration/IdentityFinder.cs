using Commissaire.Invocation;

namespace Commissaire.Configuration;

/// <summary>Finds out as whom to log in: command line, then configuration, then somebody at the terminal.</summary>
internal static class IdentityFinder
{
    /// <summary>As whom.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="user">The user on the command line.</param>
    /// <param name="passwordFile">The file with the password.</param>
    /// <param name="world">Where the terminal is.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="CommandFailure">Something is missing, and nobody can be asked.</exception>
    public static async Task<Identity> Find(ClientConfig config, string? user, string? passwordFile, Surroundings world, CancellationToken ct)
    {
        if (config.Kubeconfig is { } kubeconfig && user is null)
        {
            return KubeConfig.Identity(kubeconfig.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(world.Home, kubeconfig[2..]) : kubeconfig);
        }

        var name = user ?? config.Username ?? await world.Ask("Username: ", false, ct)
            ?? throw new CommandFailure($"No username: give --username, or put \"username\" into {config.Path}.");
        // The password in the file is that of the user in the file.
        var password = passwordFile is not null ? PasswordFile(passwordFile, world)
            : name == (config.Username ?? name) && config.Password is { } kept ? kept
            : await world.Ask($"Password for {name}: ", true, ct);
        return Identity.Basic(name, password ?? throw new CommandFailure($"No password for user '{name}', and no terminal to ask at: give --password-file, or put \"password\" into {config.Path}."));
    }

    /// <summary>The first line of a file, or of standard input.</summary>
    /// <exception cref="CommandFailure">It cannot be read.</exception>
    public static string PasswordFile(string path, Surroundings world)
    {
        try
        {
            using var reader = path == "-" ? new StreamReader(world.Input()) : new StreamReader(path);
            return reader.ReadLine() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"argument --password-file: '{path}' cannot be read: {e.Message}");
        }
    }
}
