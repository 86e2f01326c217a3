using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>The command and the configuration with which a host joins a Kubernetes cluster.</summary>
public static partial class KubeadmJoin
{
    /// <summary>The lifetime of a bootstrap token.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);

    private const string Socket = "unix:///run/containerd/containerd.sock";

    // The configuration contains the token, so it is not on the command line but in a file in memory (/run) that only root can read, and is
    // removed after kubeadm ends. A host that joined has a kubelet.conf. Without a reset, kubeadm rejects a join after an interrupted one.
    private const string Join = """
        [ ! -e /etc/kubernetes/kubelet.conf ] || exit 0
        umask 077 && file="$(mktemp /run/commissaire-join.XXXXXX)" || exit 1
        trap 'rm -f "$file"' EXIT HUP INT TERM
        cat > "$file" && [ "$(wc -c < "$file")" -eq "$1" ] || exit 1
        if [ -e /etc/kubernetes/bootstrap-kubelet.conf ] || [ -e /etc/kubernetes/pki/ca.crt ]; then
          kubeadm reset -f --cri-socket "$2" || exit
        fi
        kubeadm join --config "$file"
        """;

    /// <summary>Joins with the configuration from standard input. Does nothing on a host that has joined.</summary>
    public static ShellCommand Command(ReadOnlyMemory<byte> configuration) =>
        ShellCommand.Script(Join, configuration.Length.ToString(CultureInfo.InvariantCulture), Socket) with
        {
            Input = configuration,
            ByHand = "kubeadm join",
        };

    /// <summary>Returns the kubeadm <c>JoinConfiguration</c> in YAML. Authorities are public key hashes (<c>sha256:…</c>).</summary>
    public static string Configuration(int minor, string endpoint, string token, ImmutableArray<string> authorities, string node)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"apiVersion: kubeadm.k8s.io/{(minor >= 31 ? "v1beta4" : "v1beta3")}\n");
        yaml.Append("kind: JoinConfiguration\n");
        yaml.Append(CultureInfo.InvariantCulture, $"discovery:\n  bootstrapToken:\n    apiServerEndpoint: {Quoted(endpoint)}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"    token: {Quoted(token)}\n    caCertHashes:\n");
        foreach (var authority in authorities)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"    - {Quoted(authority)}\n");
        }

        yaml.Append(CultureInfo.InvariantCulture, $"nodeRegistration:\n  name: {Quoted(node)}\n  criSocket: {Quoted(Socket)}\n");
        return yaml.ToString();
    }

    /// <summary>Masks the token of a configuration in the output of kubeadm.</summary>
    public static string Redact(string output, string configuration) =>
        Token().Match(configuration) is { Success: true } token
            ? output.Replace(token.Groups[1].Value, "***", StringComparison.Ordinal) : output;

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex("""^ +token: "[^."]+\.([^"]+)"$""", RegexOptions.Multiline)]
    private static partial Regex Token();
}
