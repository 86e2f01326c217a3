namespace Commissaire.Http;

/// <summary>The paths of the API.</summary>
internal static class Routes
{
    private const string Root = "/api/v0";

    /// <summary>All clusters.</summary>
    public const string Clusters = $"{Root}/clusters";

    /// <summary>All hosts.</summary>
    public const string Hosts = $"{Root}/hosts";

    /// <summary>All networks.</summary>
    public const string Networks = $"{Root}/networks";

    /// <summary>All container managers.</summary>
    public const string ContainerManagers = $"{Root}/containermanagers";

    /// <summary>All enrolment tokens.</summary>
    public const string Tokens = $"{Root}/tokens";

    /// <summary>A cluster, or something of it.</summary>
    public static string Cluster(string name, params IEnumerable<string> rest) => Path("cluster", [name, .. rest]);

    /// <summary>A host, or something of it.</summary>
    public static string Host(string address, params IEnumerable<string> rest) => Path("host", [address, .. rest]);

    /// <summary>A network.</summary>
    public static string Network(string name) => Path("network", [name]);

    /// <summary>A container manager.</summary>
    public static string ContainerManager(string name) => Path("containermanager", [name]);

    /// <summary>An enrolment token.</summary>
    public static string Token(string id) => Path("token", [id]);

    /// <summary>What happens, in a cluster or everywhere.</summary>
    public static string Events(string? cluster) => $"{Root}/events{(cluster is null ? "" : $"?cluster={Uri.EscapeDataString(cluster)}")}";

    private static string Path(string kind, IEnumerable<string> segments) => $"{Root}/{kind}/{string.Join('/', segments.Select(Segment))}";

    // A dot segment would be taken out of the path before it is sent, and something else be asked for.
    private static string Segment(string text) => text is "." or ".." ? text.Replace(".", "%252E", StringComparison.Ordinal) : Uri.EscapeDataString(text);
}
