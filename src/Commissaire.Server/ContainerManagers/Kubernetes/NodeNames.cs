using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Hosts;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>How hosts and nodes find each other: what is written on a node, and what a node made for a host is called.</summary>
internal static partial class NodeNames
{
    /// <summary>The label that names the host; a label's value cannot hold every address, the annotation of the same name does.</summary>
    public const string Address = "commissaire.io/address";

    /// <summary>The label that names the cluster.</summary>
    public const string Cluster = "commissaire.io/cluster";

    /// <summary>The annotation that says who cordoned the node: a run of an operation.</summary>
    public const string CordonedBy = "commissaire.io/cordoned-by";

    /// <summary>The label that says for which host a bootstrap token is, by fingerprint.</summary>
    public const string Joins = "commissaire.io/joins";

    /// <summary>A host as a label can always say it.</summary>
    public static string Fingerprint(HostAddress host) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host.Value)))[..32];

    /// <summary>What a node made for a host is called: the address, as far as a DNS subdomain (RFC 1123) can say it.</summary>
    public static string Of(HostAddress host)
    {
        var name = Unspeakable().Replace(host.Value.ToLowerInvariant(), "-").Trim('-', '.');
        return name.Length == 0 ? "node" : name;
    }

    /// <summary>A text as the value of a label; null when no label can say it.</summary>
    public static string? Label(string text)
    {
        var value = text.Replace(':', '-').Trim('-');
        return LabelForm().IsMatch(value) ? value : null;
    }

    /// <summary>The host a node says it is.</summary>
    public static string? HostOf(V1Node node) => node.Metadata.Annotations is { } annotations && annotations.TryGetValue(Address, out var host) ? host : null;

    /// <summary>Whether a node that nobody has named is a host: by its addresses or its name.</summary>
    public static bool IsAt(V1Node node, HostAddress host) =>
        node.Metadata.Name == host.Value
        || (node.Status?.Addresses ?? []).Any(a => a.Type is "InternalIP" or "Hostname" or "InternalDNS" && HostAddress.TryParse(a.Address, out var at) && at == host);

    [GeneratedRegex("[^a-z0-9.-]")]
    private static partial Regex Unspeakable();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelForm();
}
