using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>Formats sizes and times of the API for people.</summary>
internal static class HumanValue
{
    private const double MebibyteInKibibytes = 1024;
    private const double GibibyteInKibibytes = 1024 * 1024;

    /// <summary>Formats the value of a field: sizes in GiB, times as ages. Returns null for any other field.</summary>
    /// <param name="field">The name of the field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="now">The current time.</param>
    /// <param name="withTime">Whether the time precedes its age.</param>
    public static string? Format(string field, JsonNode? value, DateTimeOffset now, bool withTime) => field switch
    {
        "memory" or "space" or "container_space" when value?.GetValueKind() == JsonValueKind.Number => Size(value.GetValue<double>()),
        "last_check" or "since" or "started_at" or "finished_at" or "expires_at" or "created_at"
            when value?.GetValueKind() == JsonValueKind.String && Parse(value.GetValue<string>()) is { } time =>
            withTime ? $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z ({Age(now - time)})" : Age(now - time),
        _ => null,
    };

    /// <summary>Formats the time since or until an event.</summary>
    public static string Age(TimeSpan age)
    {
        var text = age.Duration() switch
        {
            { TotalSeconds: < 1 } => "",
            { TotalMinutes: < 1 } and var time => $"{(int)time.TotalSeconds} s",
            { TotalHours: < 1 } and var time => $"{(int)time.TotalMinutes} min",
            { TotalDays: < 2 } and var time => $"{(int)time.TotalHours} h",
            var time => $"{(int)time.TotalDays} d",
        };
        return text.Length == 0 ? "now" : age > TimeSpan.Zero ? $"{text} ago" : $"in {text}";
    }

    /// <summary>Parses a time of the API, which is in UTC.</summary>
    public static DateTimeOffset? Parse(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;

    // Zero is an unknown size.
    private static string Size(double kibibytes) => kibibytes switch
    {
        <= 0 => "",
        < GibibyteInKibibytes => string.Create(CultureInfo.InvariantCulture, $"{kibibytes / MebibyteInKibibytes:0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{kibibytes / GibibyteInKibibytes:0.#} GiB"),
    };
}
