using System.Net;
using System.Text.RegularExpressions;
using Commissaire.Contracts.Hosts;

namespace Commissaire.Hosts;

/// <summary>Reads and validates requests about hosts.</summary>
internal static partial class HostRequests
{
    private const int MaxSourceLength = 253;

    /// <summary>Reads the registration of the host in the path or body, or else of the client itself.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid; the message names it.</exception>
    public static RegistrationRequest Registration(string? path, RegisterHostRequest body, IPAddress? client) => new(
        Address(path, body, client),
        Port(body.Port),
        User(body.RemoteUser),
        body.SshPrivKey ?? "",
        body.HostKey switch
        {
            null => null,
            _ when HostKey.TryParse(body.HostKey, out var key) => key,
            _ => throw new InvalidRequestException($"host_key: expected {HostKey.Expectation}."),
        },
        body.Cluster switch
        {
            null => null,
            _ when ResourceName.TryParse(body.Cluster, out var cluster) => cluster,
            _ => throw new InvalidRequestException($"cluster: '{body.Cluster}' is not a name; expected {ResourceName.Expectation}."),
        },
        body.Source is { Length: > MaxSourceLength }
            ? throw new InvalidRequestException($"source: expected at most {MaxSourceLength} characters.")
            : body.Source ?? "",
        Choice.Of("bootstrap", body.Bootstrap, (BootstrapPolicy p) => p.ToWireName()));

    /// <summary>Reads the port and the user of changed credentials; null for what stays.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid, or there is none.</exception>
    public static (int? Port, string? User) Credentials(ChangeCredentialsRequest body) =>
        body is { SshPrivKey: null, RemoteUser: null, Port: null }
            ? throw new InvalidRequestException("Nothing is to be changed: send ssh_priv_key, remote_user or port.")
            : (Port(body.Port), User(body.RemoteUser));

    /// <summary>Describes the query parameter <c>nodes</c>.</summary>
    public const string NodesHelp = "What to do with the nodes of hosts that leave: `auto` (as suits each host), `keep` or `remove`. "
        + "With it, the answer lists the nodes; without it the answer is empty.";

    /// <summary>Reads what to do with the nodes of hosts that leave; null for what suits each host.</summary>
    /// <exception cref="InvalidRequestException">The value is not <c>auto</c>, <c>keep</c> or <c>remove</c>.</exception>
    public static NodeDisposal? Nodes(string? nodes) => nodes switch
    {
        null or "auto" => null,
        "keep" => NodeDisposal.Keep,
        "remove" => NodeDisposal.Remove,
        _ => throw new InvalidRequestException("nodes: expected 'auto', 'keep' or 'remove'."),
    };

    private static int? Port(int? port) => port switch
    {
        null => null,
        >= 1 and <= 65535 => port,
        _ => throw new InvalidRequestException($"port: {port} is not a port; expected 1 to 65535."),
    };

    private static string? User(string? user) => user switch
    {
        null => null,
        _ when UserName().IsMatch(user) => user,
        _ => throw new InvalidRequestException(
            "remote_user: expected a user name of letters, digits, '.', '_', '-', '+', '@' and '\\', at most 256 characters, "
            + "which begins with a letter, a digit or '_'."),
    };

    /// <summary>Reads the fingerprint of the host key to accept.</summary>
    /// <exception cref="InvalidRequestException">The fingerprint is missing or invalid.</exception>
    public static string Fingerprint(AcceptHostKeyRequest body) =>
        body.Fingerprint is not null && HostKey.TryParse(body.Fingerprint, out var key)
            ? key.Fingerprint
            : throw new InvalidRequestException("fingerprint: expected the fingerprint in the host's offered_host_key, 'SHA256:…'.");

    private static HostAddress Address(string? path, RegisterHostRequest body, IPAddress? client)
    {
        (string Name, string? Value)[] fields = [("address", body.Address), ("host", body.Host)];
        fields = [.. fields.Where(f => f.Value is not null)];
        var text = path ?? fields.FirstOrDefault().Value;
        if (text is null)
        {
            return client is not null
                ? HostAddress.Of(client)
                : throw new InvalidRequestException(
                    "address: is missing, and the client's address is not taken for it: X-Forwarded-For does not contain it, or the path "
                    + "ends with a slash, as if a variable were not set. Send the host's address.");
        }

        if (!HostAddress.TryParse(text, out var host))
        {
            // Resolvers take 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 for addresses too.
            throw new InvalidRequestException(
                $"{(path is null ? fields[0].Name : "The address in the path")}: " + (IPAddress.TryParse(text, out var meant)
                    ? $"'{text}' is an unusual form of the address {meant}. Send '{HostAddress.Of(meant)}' if you mean it."
                    : $"'{text}' is not {HostAddress.Expectation}."));
        }

        foreach (var (name, value) in fields)
        {
            if (!HostAddress.TryParse(value, out var same) || same != host)
            {
                throw new InvalidRequestException($"{name}: '{value}' differs from '{host}', which the request is for.");
            }
        }

        return host;
    }

    // Also names of directories: USER@DOMAIN, DOMAIN\USER, and machine accounts with a $. ssh rejects a backslash at the end.
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,254}(?<!\\)\$?\z")]
    private static partial Regex UserName();
}

/// <summary>The registration of a host: validated, except for the private key. Null is what the client did not say.</summary>
internal sealed record RegistrationRequest(
    HostAddress Host, int? Port, string? User, string PrivateKey, HostKey? HostKey, ResourceName? Cluster, string Source,
    BootstrapPolicy? Bootstrap);
