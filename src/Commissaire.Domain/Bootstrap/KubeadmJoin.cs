using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>Joining a cluster with kubeadm: what a host is handed for it, and how it is said.</summary>
public static partial class KubeadmJoin
{
    /// <summary>How long a bootstrap token is good for.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);

    private const string Socket = "unix:///run/containerd/containerd.sock";

    // The configuration holds the token: it is never on a command line, only in memory (/run), only root reads it, and only while kubeadm runs.
    // What an attempt that was cut off has left behind would make the next one refuse; a host that has joined has a kubelet.conf.
    private const string Join = """
        [ ! -e /etc/kubernetes/kubelet.conf ] || exit 0
        umask 077 && file="$(mktemp /run/commissaire-join.XXXXXX)" || exit 1
        trap 'rm -f "$file"' EXIT HUP INT TERM
        cat > "$file" && [ "$(wc -c < "$file")" -eq "$1" ] || exit 1
        if [ -e /etc/kubernetes/bootstrap-kubelet.conf ] || [ -e /etc/kubernetes/pki/ca.crt ]; then kubeadm reset -f --cri-socket "$2" || exit; fi
        kubeadm join --config "$file"
        """;

    /// <summary>Joins with a configuration, which is its standard input. Does nothing on a host that has joined.</summary>
    public static ShellCommand Command(ReadOnlyMemory<byte> configuration) =>
        ShellCommand.Script(Join, configuration.Length.ToString(CultureInfo.InvariantCulture), Socket) with { Input = configuration };

    /// <summary>The configuration to join with (kubeadm's <c>JoinConfiguration</c>).</summary>
    /// <param name="minor">The minor version of the cluster, of which kubeadm must be: the format changed with 1.31.</param>
    /// <param name="endpoint">Host and port of the API.</param>
    /// <param name="token">The bootstrap token.</param>
    /// <param name="authorities">The hashes of the public keys of the authorities that may vouch for the API (<c>sha256:…</c>).</param>
    /// <param name="node">What the node is to be called.</param>
    public static string Configuration(int minor, string endpoint, string token, ImmutableArray<string> authorities, string node)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"apiVersion: kubeadm.k8s.io/{(minor >= 31 ? "v1beta4" : "v1beta3")}\nkind: JoinConfiguration\n");
        yaml.Append(CultureInfo.InvariantCulture, $"discovery:\n  bootstrapToken:\n    apiServerEndpoint: {Quoted(endpoint)}\n    token: {Quoted(token)}\n    caCertHashes:\n");
        foreach (var authority in authorities)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"    - {Quoted(authority)}\n");
        }

        yaml.Append(CultureInfo.InvariantCulture, $"nodeRegistration:\n  name: {Quoted(node)}\n  criSocket: {Quoted(Socket)}\n");
        return yaml.ToString();
    }

    /// <summary>What a host printed, without the token it joined with, should kubeadm have repeated it.</summary>
    public static string Redact(string printed, string configuration) =>
        Token().Match(configuration) is { Success: true } token ? printed.Replace(token.Groups[1].Value, "***", StringComparison.Ordinal) : printed;

    // A quoted scalar of YAML; JSON's escapes are among its own.
    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex("""^ +token: "[^."]+\.([^"]+)"$""", RegexOptions.Multiline)]
    private static partial Regex Token();
}
