using System.Text.Json;

namespace Commissaire.Shell;

/// <summary>Reads <c>bootc status --format json</c> (bootc(8), <c>org.containers.bootc/v1</c>).</summary>
public static class BootcStatus
{
    // A version is a label of the image.
    private const int MaxVersion = 128;

    /// <summary>The images of a host; null if the text is no status, or the host did not boot an image.</summary>
    public static HostImages? Read(string json)
    {
        // Warnings may come before the status.
        var start = json.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json.AsMemory(start));
            return Property(document.RootElement, "status") is { } status && Image(status, "booted") is { } booted
                ? new HostImages(booted, Image(status, "staged"), Image(status, "rollback"))
                {
                    RollbackQueued = Property(status, "rollbackQueued") is { ValueKind: JsonValueKind.True },
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A deployment that was not made from an image has a null in place of it.
    private static ImageVersion? Image(JsonElement status, string deployment) =>
        Property(status, deployment) is { } entry && Property(entry, "image") is { } pulled && Property(pulled, "image") is { } reference
            && Text(reference, "image") is { } image && Text(pulled, "imageDigest") is { } digest
            && ImageVersion.IsWellFormed(image, digest)
            ? new ImageVersion(image, digest)
            {
                Version = Text(pulled, "version") is { Length: > 0 and <= MaxVersion } version && version.All(c => c is >= ' ' and <= '~')
                    ? version
                    : null,
                Architecture = Text(pulled, "architecture") is { } architecture && IsWord(architecture) ? architecture : null,
                Transport = Text(reference, "transport") is { } transport && transport != "registry" && IsWord(transport)
                    ? transport
                    : null,
            }
            : null;

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    // GetString throws for text that is no UTF-16.
    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsWord(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
