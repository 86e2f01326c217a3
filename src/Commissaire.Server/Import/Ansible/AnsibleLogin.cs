using System.Globalization;
using System.Text.RegularExpressions;

namespace Commissaire.Import.Ansible;

/// <summary>How Ansible logs in to a host, from its variables.</summary>
/// <param name="Host">The name or address to connect to.</param>
/// <param name="Port">The port of sshd; null if none is named.</param>
/// <param name="User">The user; null if none is named.</param>
/// <param name="KeyFile">The path of the private key; null if none is named.</param>
internal sealed partial record AnsibleLogin(string Host, int? Port, string? User, string? KeyFile)
{
    private static readonly string[] OverSsh =
        ["ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh"];

    /// <summary>Reads the variables of a host.</summary>
    /// <exception cref="FormatException">Ansible does not connect directly over SSH, or a variable cannot be used.</exception>
    public static AnsibleLogin Read(string name, IReadOnlyDictionary<string, Variable> variables)
    {
        if (Text(variables, "ansible_connection") is { } connection && !OverSsh.Contains(connection))
        {
            throw new FormatException($"ansible_connection: '{connection}' is not ssh");
        }

        string[] arguments = ["ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_ssh_args"];
        if (arguments.FirstOrDefault(a => ThroughAnother().IsMatch(Text(variables, a) ?? "")) is { } proxied)
        {
            throw new FormatException($"{proxied}: leads through another host. Commissaire connects directly");
        }

        return new AnsibleLogin(
            Text(variables, "ansible_host", "ansible_ssh_host") ?? name,
            Text(variables, "ansible_port", "ansible_ssh_port") is not { } port ? null
                : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw new FormatException("ansible_port: expected a number"),
            Text(variables, "ansible_user", "ansible_ssh_user"),
            Text(variables, "ansible_ssh_private_key_file", "ansible_private_key_file"));
    }

    // A variable has a name and an old name. Which of them wins depends on the version of Ansible.
    private static string? Text(IReadOnlyDictionary<string, Variable> variables, params IEnumerable<string> names)
    {
        string? found = null;
        foreach (var name in names)
        {
            if (!variables.TryGetValue(name, out var variable) || variable is { IsText: true, Text: "" })
            {
                continue;
            }

            // The error must not repeat the value, which may be a password.
            if (!variable.IsText)
            {
                throw new FormatException($"{name}: is encrypted, or is not a text");
            }

            if (variable.Text.Contains("{{", StringComparison.Ordinal) || variable.Text.Contains("{%", StringComparison.Ordinal))
            {
                throw new FormatException($"{name}: is a template, which only Ansible can evaluate. {InventoryFile.Export}");
            }

            if (found is not null && found != variable.Text)
            {
                throw new FormatException($"{string.Join(" and ", names)}: differ. Remove one of them");
            }

            found = variable.Text;
        }

        return found;
    }

    [GeneratedRegex(@"proxycommand|proxyjump|(?:\A|\s)-J", RegexOptions.IgnoreCase)]
    private static partial Regex ThroughAnother();
}
