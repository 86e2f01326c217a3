namespace Commissaire.Http;

/// <summary>Parses the base URL of a server.</summary>
internal static class Endpoint
{
    private const string Api = "/api/v0";

    /// <exception cref="CommandException">The text is not the base URL of a server.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            var meant = !text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate($"http://{text}", UriKind.Absolute, out _)
                ? $"Did you mean http://{text}?"
                : "Expected a URL such as http://127.0.0.1:8000.";
            throw new CommandException($"The endpoint '{text}' is not an http or https URL. {meant}");
        }

        if (uri.UserInfo.Length > 0)
        {
            // The text may contain a password: do not repeat it.
            throw new CommandException($"The endpoint of host '{uri.Host}' contains a user. Use --username and --password-file instead.");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new CommandException($"The endpoint '{text}' is not a base URL. Leave out '{uri.Query}{uri.Fragment}'.");
        }

        return uri.AbsolutePath.TrimEnd('/').EndsWith(Api, StringComparison.Ordinal)
            ? throw new CommandException($"The endpoint '{text}' is not a base URL. Leave out '{Api}', which commctl adds.")
            : uri;
    }

    /// <summary>The same server, with another scheme.</summary>
    public static string WithScheme(Uri endpoint, string scheme) => $"{scheme}://{endpoint.Authority}{endpoint.AbsolutePath.TrimEnd('/')}";
}
