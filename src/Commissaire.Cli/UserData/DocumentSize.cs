using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Commissaire.UserData;

/// <summary>The size of user-data, and the limits of the clouds.</summary>
internal static class DocumentSize
{
    // Base64 enlarges it by a third, so the limit of OpenStack, which holds for the base64, is lower than it looks.
    private static readonly (string Cloud, int Bytes)[] Limits =
    [
        ("EC2", 16_384), ("Hetzner Cloud", 32_768), ("OpenStack", 65_535 / 4 * 3), ("Azure", 65_535), ("DigitalOcean", 65_536),
        ("Google Cloud", 262_144),
    ];

    /// <summary>Compresses a document with gzip, which cloud-init recognizes.</summary>
    public static byte[] Compress(string document)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(document));
        }

        return compressed.ToArray();
    }

    /// <summary>Prints the size, and a warning that names the clouds that reject a document of this size.</summary>
    public static void Report(int bytes, bool compressed, TextWriter output)
    {
        static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

        output.WriteLine($"commctl: the user-data has {Number(bytes)} bytes");
        var rejecting = Limits.Where(limit => bytes > limit.Bytes)
            .Select(limit => $"{limit.Cloud} (at most {Number(limit.Bytes)})").ToList();
        if (rejecting.Count > 0)
        {
            output.WriteLine($"commctl: warning: too large for {string.Join(", ", rejecting)}. Shorten the file of --cloud-init"
                + (compressed ? "." : ", or use --gzip."));
        }
    }
}
