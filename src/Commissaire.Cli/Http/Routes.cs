namespace Commissaire.Http;

/// <summary>The paths of the API.</summary>
internal static class Routes
{
    private const string Root = "/api/v0";

    public const string Clusters = $"{Root}/clusters";

    public const string Hosts = $"{Root}/hosts";

    public const string Networks = $"{Root}/networks";

    public const string ContainerManagers = $"{Root}/containermanagers";

    public const string Processes = $"{Root}/processes";

    public const string Tokens = $"{Root}/tokens";

    /// <summary>A cluster, or a path below it.</summary>
    public static string Cluster(string name, params IEnumerable<string> segments) => Path("cluster", [name, .. segments]);

    /// <summary>A host, or a path below it.</summary>
    public static string Host(string address, params IEnumerable<string> segments) => Path("host", [address, .. segments]);

    public static string Network(string name) => Path("network", [name]);

    public static string ContainerManager(string name) => Path("containermanager", [name]);

    /// <summary>An enrolment token, or a path below it.</summary>
    public static string Token(string id, params IEnumerable<string> segments) => Path("token", [id, .. segments]);

    /// <summary>The event stream of a cluster; of all objects if the cluster is null.</summary>
    public static string Events(string? cluster) =>
        cluster is null ? $"{Root}/events" : $"{Root}/events?cluster={Uri.EscapeDataString(cluster)}";

    /// <summary>The path of a request that is only tried.</summary>
    public static string DryRun(string path) => $"{path}?dry_run=true";

    private static string Path(string kind, IEnumerable<string> segments) => $"{Root}/{kind}/{string.Join('/', segments.Select(Escape))}";

    // HttpClient resolves the segments "." and "..", which would address another object.
    private static string Escape(string segment) =>
        segment is "." or ".." ? segment.Replace(".", "%252E", StringComparison.Ordinal) : Uri.EscapeDataString(segment);
}
