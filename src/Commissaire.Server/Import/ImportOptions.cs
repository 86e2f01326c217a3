using System.CommandLine;

namespace Commissaire.Import;

/// <summary>The options of <c>commissaire-server import</c>.</summary>
internal sealed class ImportOptions
{
    public Option<string> From { get; } = new("--from")
    {
        Required = true,
        HelpName = "SOURCE",
        Description = "etcd=URL: the etcd (v2 API) of a Commissaire of 2017. etcd=FILE: its answer to "
            + "GET /v2/keys/commissaire/?recursive=true. inventory=FILE: an Ansible inventory, INI or YAML.",
    };

    public Option<string?> Secrets { get; } = Text(
        "--secrets", "custodia=PATH", "Keys of the hosts of 2017: the socket of Custodia, such as /var/run/custodia/custodia.sock, or a "
            + "JSON file of credentials by address.");

    public Option<string[]> Cluster { get; } = new("--cluster")
    {
        HelpName = "GROUP[=NAME]",
        Description = "Register the hosts of an Ansible group, and of the groups in it, in cluster NAME, which is created if it is not "
            + "there (repeatable). Default of NAME: GROUP. Hosts of other groups are registered without a cluster.",
    };

    public Option<string?> SshKey { get; } = Text(
        "--ssh-key", "FILE", "Private SSH key for hosts for which the source has none. Default: such hosts are not registered.");

    public Option<string?> RemoteUser { get; } = Text(
        "--remote-user", "USER", "User for hosts for which the source has none. Default: root.");

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Print the report, and change nothing." };

    public Option<string?> Server { get; } = Text(
        "--server", "URL", "Server to register with. Default: the endpoint in the configuration of commctl.");

    public Option<string?> Config { get; } = Text(
        "--config", "FILE", "Configuration of commctl. Default: $COMMCTL_CONFIG, else ~/.commissaire.json.");

    public Option<string?> Username { get; } = Text("--username", "USER", "User to log in as. Default: the configured one.");

    public Option<string?> PasswordFile { get; } = Text(
        "--password-file", "FILE", "File with the password on its first line. Default: the configured password.");

    public Option<string?> Authorities { get; } = Text(
        "--ca", "FILE", "PEM file with the authorities of the server's certificate. Default: those of this machine.");

    public Option<string?> ClientPem { get; } = Text(
        "--client-pemfile", "FILE", "PEM file with a client certificate and its private key to log in with. Default: none.");

    public Option<string?> EtcdAuthorities { get; } = Text(
        "--etcd-ca", "FILE", "PEM file with the authorities of etcd's certificate. Default: $ETCD_CACERT, else those of this machine.");

    public Option<string?> EtcdCertificate { get; } = Text(
        "--etcd-cert", "FILE", "PEM file with a client certificate for etcd. Default: $ETCD_TLSPEM. User and password: $ETCD_USERNAME, "
            + "$ETCD_PASSWORD.");

    public Option<string?> EtcdKey { get; } = Text(
        "--etcd-key", "FILE", "PEM file with the private key of that certificate. Default: $ETCD_TLSKEY.");

    public List<Option> All =>
    [
        From, Secrets, Cluster, SshKey, RemoteUser, DryRun, Server, Config, Username, PasswordFile, Authorities, ClientPem,
        EtcdAuthorities, EtcdCertificate, EtcdKey,
    ];

    /// <summary>What the command line says about the server.</summary>
    public ServerOptions ServerOptions(ParseResult line) => new(
        line.GetValue(Server), line.GetValue(Config), line.GetValue(Username), line.GetValue(PasswordFile), line.GetValue(Authorities),
        line.GetValue(ClientPem));

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
