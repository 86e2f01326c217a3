using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>A version of the image of a host: of a bootable container (bootc), or of an ostree (rpm-ostree).</summary>
/// <param name="Image">
/// What the host follows: a reference (<c>quay.io/acme/os:1.4</c>), maybe with a digest; or a branch (<c>fedora:fedora/42/x86_64/iot</c>).
/// </param>
/// <param name="Digest">The digest of the manifest (<c>sha256:…</c>); or the checksum of the deployed commit, in hexadecimal.</param>
public sealed partial record ImageVersion(string Image, string Digest)
{
    // A reference has up to 255 characters of name, 128 of tag and a digest.
    private const int MaxLength = 512;

    private const int ShortDigest = 19;
    private const int ShortCommit = 12;

    /// <summary>The version that the image declares; null if it declares none.</summary>
    public string? Version { get; init; }

    /// <summary>The transport of containers-transports(5) with which it was pulled; null for <c>registry</c>.</summary>
    public string? Transport { get; init; }

    /// <summary>The architecture for which it was built; null if bootc does not say.</summary>
    public string? Architecture { get; init; }

    /// <summary>The commit on which the host layers its own packages; null if it layers none.</summary>
    public string? Base { get; init; }

    /// <summary>Whether this is a version of an ostree.</summary>
    [JsonIgnore]
    public bool IsCommit => IsCommitText(Digest);

    /// <summary>What hosts with the same image have in common: its digest or commit, without the packages of the host.</summary>
    [JsonIgnore]
    public string Shared => Base ?? Digest;

    /// <summary>The reference and the digest.</summary>
    [JsonIgnore]
    public string Pinned => Image.EndsWith($"@{Digest}", StringComparison.Ordinal) ? Image : $"{Image}@{Digest}";

    /// <summary>The reference and the start of the digest, or the version and the start of the commit, for people.</summary>
    public override string ToString() => IsCommit
        ? $"{(Version is { } version ? $"version {version}" : Image)} (commit {Digest[..ShortCommit]})"
        : $"{NameAndTag(Image)} ({(Digest.Length > ShortDigest ? Digest[..ShortDigest] : Digest)})";

    /// <summary>Whether this is the version that a user means, on a host that booted a version of the same image.</summary>
    public bool Is(string version, ImageVersion booted)
    {
        if (!IsCommit)
        {
            return Image == booted.Resolve(version);
        }

        // rpm-ostree(1): a revision is a version or a commit, and may be prefixed.
        var revision = version[(version.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return revision == Version || revision == Shared;
    }

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

    /// <summary>Whether a text may be the name of an image.</summary>
    internal static bool IsReferenceText(string image) => image.Length is > 0 and <= MaxLength && image.All(c => c is > ' ' and <= '~');

    /// <summary>Whether a text is the digest of a container image.</summary>
    internal static bool IsImageDigest(string digest) => IsDigest().IsMatch(digest);

    /// <summary>Whether a text is the checksum of a commit of an ostree.</summary>
    internal static bool IsCommitText(string checksum) => IsCommitChecksum().IsMatch(checksum);

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

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex IsCommitChecksum();

    [GeneratedRegex(@"\A\w[\w.-]{0,127}\z", RegexOptions.ECMAScript)]
    private static partial Regex IsTag();

    // The grammar of distribution/reference: a registry with a port, and a path.
    [GeneratedRegex(
        @"\A[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)+"
        + @"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?\z")]
    private static partial Regex IsReference();
}
