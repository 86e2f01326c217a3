using System.Text.Json;

namespace Commissaire.Shell;

/// <summary>Reads the status that bootc or rpm-ostree prints as JSON.</summary>
public static class ImageStatus
{
    // Programs write the version and the architecture of an image freely.
    private const int MaxVersion = 128;
    private const int MaxWord = 64;

    /// <summary>The options for output from which long lines were removed, maybe the last member of an object.</summary>
    internal static JsonDocumentOptions Lenient { get; } = new() { AllowTrailingCommas = true };

    /// <summary>The images of a host; null if the text is no status, or names no booted image.</summary>
    public static HostImages? Read(string output)
    {
        // Warnings may come before the status.
        var start = output.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(output.AsMemory(start), Lenient);
            return BootcStatus.Read(document.RootElement) ?? OstreeStatus.Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    // GetString throws for text that is no UTF-16.
    internal static string? Text(JsonElement element, string name)
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

    internal static string? Version(JsonElement element) =>
        Text(element, "version") is { Length: > 0 and <= MaxVersion } version && version.All(c => c is >= ' ' and <= '~') ? version : null;

    internal static string? Word(JsonElement element, string name) =>
        Text(element, name) is { Length: > 0 and <= MaxWord } word && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? word : null;

    internal static bool Is(JsonElement element, string flag) => Property(element, flag) is { ValueKind: JsonValueKind.True };
}
