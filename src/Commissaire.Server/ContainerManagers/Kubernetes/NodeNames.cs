using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>The names, labels and annotations that connect hosts with their nodes.</summary>
internal static partial class NodeNames
{
    /// <summary>The label and annotation with the host's address. The label is missing if its value would be invalid.</summary>
    public const string Address = "commissaire.io/address";

    /// <summary>The label that holds the cluster's name.</summary>
    public const string Cluster = "commissaire.io/cluster";

    /// <summary>The annotation that holds the run that cordoned the node.</summary>
    public const string CordonedBy = "commissaire.io/cordoned-by";

    /// <summary>The annotation that holds the run that cordoned the node again after another client had uncordoned it.</summary>
    public const string CordonedAgainBy = "commissaire.io/cordoned-again-by";

    /// <summary>The name under which the API records the fields that Commissaire writes.</summary>
    public const string FieldManager = "commissaire";

    /// <summary>The label of a bootstrap token that holds the fingerprint of its host.</summary>
    public const string Joins = "commissaire.io/joins";

    /// <summary>A hash of the host's address that is valid as a label value.</summary>
    public static string Fingerprint(HostAddress host) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host.Value)))[..32];

    /// <summary>The name of a node created for a host: its address as a valid DNS subdomain (RFC 1123).</summary>
    public static string Of(HostAddress host)
    {
        var name = InvalidInName().Replace(host.Value.ToLowerInvariant(), "-").Trim('-', '.');
        return name.Length == 0 ? "node" : name;
    }

    /// <summary>Converts a text to a label value; returns null if that is not possible.</summary>
    public static string? LabelValue(string text)
    {
        var value = text.Replace(':', '-').Trim('-');
        return ValidLabelValue().IsMatch(value) ? value : null;
    }

    /// <summary>The host address in a node's annotation; null if the node has none.</summary>
    public static string? HostOf(V1Node node) =>
        node.Metadata.Annotations is { } annotations && annotations.TryGetValue(Address, out var host) ? host : null;

    /// <summary>Whether a node without annotation is that of a host, by its name or its addresses.</summary>
    public static bool IsAt(V1Node node, HostAddress host) =>
        node.Metadata.Name == host.Value
        || (node.Status?.Addresses ?? []).Any(a =>
            a.Type is "InternalIP" or "Hostname" or "InternalDNS" && HostAddress.TryParse(a.Address, out var address) && address == host);

    [GeneratedRegex("[^a-z0-9.-]")]
    private static partial Regex InvalidInName();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex ValidLabelValue();
}
