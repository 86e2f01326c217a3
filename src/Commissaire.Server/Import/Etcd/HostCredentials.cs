using System.Text;

namespace Commissaire.Import.Etcd;

/// <summary>The credentials of a host of 2017.</summary>
/// <param name="PrivateKey">The private key in base64, without line breaks; empty if there is none.</param>
/// <param name="User">The user as which to log in.</param>
internal sealed record HostCredentials(string PrivateKey, string User)
{
    /// <summary>Reads what Custodia keeps for a host.</summary>
    /// <exception cref="FormatException">It is not the credentials of this host. The message contains nothing of it.</exception>
    public static HostCredentials Parse(string text, string address) => Read(RecordReader.Parse(text), address);

    /// <summary>Reads the credentials of a host from an object.</summary>
    /// <exception cref="FormatException">It is not the credentials of this host. The message contains nothing of it.</exception>
    public static HostCredentials Read(RecordReader record, string address)
    {
        // Custodia wraps a secret so, unless a client accepts octets only: in base64, if it was stored as octets.
        if (record.Text("type", "") == "simple")
        {
            var (value, octets) = (record.Text("value"), new byte[record.Text("value").Length]);
            return Parse(
                Convert.TryFromBase64String(value, octets, out var length) ? Encoding.UTF8.GetString(octets, 0, length) : value, address);
        }

        return record.Text("address", address) == address
            ? Of(record)
            : throw new FormatException("address: is that of another host");
    }

    /// <summary>Reads the credentials that a host's record has itself; null if it has no key.</summary>
    /// <exception cref="FormatException">A field is invalid.</exception>
    public static HostCredentials? InRecord(RecordReader record) =>
        record.Text("ssh_priv_key", "").Length > 0 ? Of(record) : null;

    private static HostCredentials Of(RecordReader record) =>
        new(WithoutLineBreaks(record.Text("ssh_priv_key", "")), record.Text("remote_user", "root"));

    // The server compares keys as text, and some encoders break lines.
    private static string WithoutLineBreaks(string base64)
    {
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) ? Convert.ToBase64String(key, 0, length) : base64;
    }
}
