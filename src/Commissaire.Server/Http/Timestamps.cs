using System.Globalization;

namespace Commissaire.Http;

/// <summary>The form of every time that crosses HTTP: UTC, six fractional digits, no zone.</summary>
internal static class Timestamps
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
