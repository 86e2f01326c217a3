using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>A version of a bootable container image.</summary>
/// <param name="Image">The reference that the host follows: <c>quay.io/acme/os:1.4</c>, or one with a digest.</param>
/// <param name="Digest">The digest of the manifest: <c>sha256:…</c>.</param>
public sealed partial record ImageVersion(string Image, string Digest)
{
    // A reference has up to 255 characters of name, 128 of tag and a digest.
    private const int MaxLength = 512;

    private const int ShortDigest = 19;

    /// <summary>The version that the image declares; null if it declares none.</summary>
    public string? Version { get; init; }

    /// <summary>The transport of containers-transports(5) with which it was pulled; null for <c>registry</c>.</summary>
    public string? Transport { get; init; }

    /// <summary>The architecture for which it was built; null if bootc does not say.</summary>
    public string? Architecture { get; init; }

    /// <summary>The reference and the digest.</summary>
    [JsonIgnore]
    public string Pinned => Image.EndsWith($"@{Digest}", StringComparison.Ordinal) ? Image : $"{Image}@{Digest}";

    /// <summary>The reference and the start of the digest, for people.</summary>
    public override string ToString() =>
        $"{NameAndTag(Image)} ({(Digest.Length > ShortDigest ? Digest[..ShortDigest] : Digest)})";

    /// <summary>
    /// Returns the reference that a user means: a full reference, or a tag or digest of the image that the host follows. Null if the text
    /// is none of them.
    /// </summary>
    public string? Resolve(string version) => version switch
    {
        { Length: > MaxLength } => null,
        _ when IsDigest().IsMatch(version) => $"{NameOf(Image)}@{version}",
        _ when IsTag().IsMatch(version) => $"{NameOf(Image)}:{version}",
        _ when IsReference().IsMatch(version) => version,
        _ => null,
    };

    /// <summary>Whether texts have the form of an image and of a digest.</summary>
    internal static bool IsWellFormed(string image, string digest) =>
        image.Length is > 0 and <= MaxLength && image.All(c => c is > ' ' and <= '~') && IsDigest().IsMatch(digest);

    /// <summary>The name of an image without tag and digest.</summary>
    internal static string NameOf(string image)
    {
        // A colon after the last slash begins the tag; one before is that of a port.
        var name = NameAndTag(image);
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    private static string NameAndTag(string image) => image.Split('@')[0];

    [GeneratedRegex(@"\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z")]
    private static partial Regex IsDigest();

    [GeneratedRegex(@"\A\w[\w.-]{0,127}\z", RegexOptions.ECMAScript)]
    private static partial Regex IsTag();

    // The grammar of distribution/reference: a registry with a port, and a path.
    [GeneratedRegex(
        @"\A[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)+"
        + @"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?\z")]
    private static partial Regex IsReference();
}
