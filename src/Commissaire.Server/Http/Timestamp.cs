using System.Globalization;

namespace Commissaire.Http;

/// <summary>The format of every time in HTTP: UTC, six fractional digits, no zone.</summary>
internal static class Timestamp
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
