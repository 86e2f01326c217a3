namespace Commissaire.Shell;

/// <summary>What a host follows, in one text for the wire: an image with its architecture, or rpm-ostree.</summary>
public static class FollowedImage
{
    private const string RpmOstree = "rpm-ostree";

    /// <summary>What a host follows; null if its system is no image.</summary>
    public static string? Of(HostFacts facts) => facts switch
    {
        { Images.Booted: var booted } => $"{booted.Image} {booted.Architecture}".TrimEnd(),
        _ when OsDialect.Of(facts) is { Stages: true } => RpmOstree,
        _ => null,
    };

    /// <summary>
    /// The name that hosts share which must boot the same digest in a run; null if a digest does not identify what they boot.
    /// </summary>
    /// <param name="follows">What a host follows.</param>
    /// <param name="version">The version to deploy; null for an upgrade.</param>
    public static string? Group(string follows, string? version)
    {
        if (follows == RpmOstree)
        {
            return null;
        }

        // A full reference is the same image on every host; a tag or digest is one of the image that the host follows.
        var (image, architecture) = follows.Split(' ', 2) is [var first, var second] ? (first, second) : (follows, "");
        var shared = version is null ? image
            : version.Contains('/', StringComparison.Ordinal) ? version
            : ImageVersion.NameOf(image);
        return $"{shared} {architecture}";
    }
}
