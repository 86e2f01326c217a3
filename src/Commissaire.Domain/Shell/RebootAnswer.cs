using System.Text.Json;

namespace Commissaire.Shell;

/// <summary>Whether a host needs a reboot for its changes to take effect.</summary>
public abstract record RebootAnswer
{
    private const string CannotTell = "cannot tell: ";

    private RebootAnswer() { }

    /// <summary>A reboot is needed.</summary>
    public sealed record Needed : RebootAnswer;

    /// <summary>No reboot is needed.</summary>
    public sealed record NotNeeded : RebootAnswer;

    /// <summary>The host cannot tell.</summary>
    public sealed record Unknown(string Why) : RebootAnswer;

    /// <summary>
    /// Reads the output of <see cref="OsDialect.RebootNeeded"/>: the last line is <c>yes</c>, <c>no</c> or <c>cannot tell: WHY</c>, or the
    /// whole is the status of rpm-ostree or bootc in JSON. Returns null for any other output.
    /// </summary>
    public static RebootAnswer? Read(string output) => ToolError.Lines(output) switch
    {
        [.., "yes"] => new Needed(),
        [.., "no"] => new NotNeeded(),
        [.., var last] when last.StartsWith(CannotTell, StringComparison.Ordinal) => new Unknown(ToolError.Cut(last[CannotTell.Length..])),
        [['{', ..], ..] => ImageStatus.Read(output) is not { } images ? Deployments(output)
            : images.NeedsReboot ? new Needed()
            : new NotNeeded(),
        _ => null,
    };

    // rpm-ostree lists the deployment of the next boot first.
    private static RebootAnswer? Deployments(string json)
    {
        try
        {
            using var status = JsonDocument.Parse(json, ImageStatus.Lenient);
            var all = status.RootElement.GetProperty("deployments").EnumerateArray().ToList();
            return all.Count == 0 || !all.Exists(d => Is(d, "booted"))
                ? new Unknown("rpm-ostree lists no booted deployment")
                : all.Exists(d => Is(d, "staged")) || !Is(all[0], "booted") ? new Needed() : new NotNeeded();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static bool Is(JsonElement deployment, string flag) =>
        deployment.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True;
}
