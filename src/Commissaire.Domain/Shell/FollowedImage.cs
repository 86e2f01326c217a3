namespace Commissaire.Shell;

/// <summary>The image that a host follows, with its architecture, in one text for the wire.</summary>
public static class FollowedImage
{
    /// <summary>What a host follows; null if its system is no image, or its image is not known.</summary>
    public static string? Of(HostFacts facts) =>
        facts.Images is { Booted: var booted } ? $"{booted.Image} {booted.Architecture}".TrimEnd() : null;

    /// <summary>The name that hosts share which must boot the same image in a run.</summary>
    /// <param name="follows">What a host follows.</param>
    /// <param name="version">The version to deploy; null for an upgrade.</param>
    public static string Group(string follows, string? version)
    {
        // A full reference is the same image on every host; a tag, digest or version is one of the image that the host follows.
        var (image, architecture) = follows.Split(' ', 2) is [var first, var second] ? (first, second) : (follows, "");
        var shared = version is null ? image
            : version.Contains('/', StringComparison.Ordinal) ? version
            : ImageVersion.NameOf(image);
        return $"{shared} {architecture}";
    }
}
