using System.Text.Json;
using static Commissaire.Shell.ImageStatus;

namespace Commissaire.Shell;

/// <summary>Reads <c>bootc status --format json</c> (bootc(8), <c>org.containers.bootc/v1</c>).</summary>
internal static class BootcStatus
{
    public static HostImages? Read(JsonElement root) =>
        Property(root, "status") is { } status && Image(status, "booted") is { } booted
            ? new HostImages(booted, Image(status, "staged"), Image(status, "rollback")) { RollbackQueued = Is(status, "rollbackQueued") }
            : null;

    // A deployment that was not made from an image has a null in place of it.
    private static ImageVersion? Image(JsonElement status, string deployment) =>
        Property(status, deployment) is { } entry && Property(entry, "image") is { } pulled && Property(pulled, "image") is { } reference
            && Text(reference, "image") is { } image && Text(pulled, "imageDigest") is { } digest
            && ImageVersion.IsReferenceText(image) && ImageVersion.IsImageDigest(digest)
            ? new ImageVersion(image, digest)
            {
                Version = ImageStatus.Version(pulled),
                Architecture = Word(pulled, "architecture"),
                Transport = Word(reference, "transport") is { } transport && transport != "registry" ? transport : null,
            }
            : null;
}
