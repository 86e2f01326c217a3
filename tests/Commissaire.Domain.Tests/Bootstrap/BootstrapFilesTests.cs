using Commissaire.Bootstrap;
using Commissaire.Domain.Tests.Shell;
using Commissaire.Networks;
using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Bootstrap;

public sealed class BootstrapFilesTests : BootstrapSpec
{
    private static readonly NetworkDefinition Server =
        new(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty.With("address", "192.168.152.100:8080"));

    private static readonly BootstrapSettings Tls = Settings with
    {
        Etcd = new EtcdSettings
        {
            Endpoints = "https://etcd1:2379,https://etcd2:2379",
            Certificate = "CERTIFICATE"u8.ToArray(),
            CertificateKey = "PRIVATE KEY"u8.ToArray(),
            CertificateAuthority = "AUTHORITY"u8.ToArray(),
        },
    };

    [Fact]
    public void Flannel_variables_have_short_and_long_names() =>
        Assert.Equal("""
            # Written by Commissaire.
            FLANNEL_ETCD="http://127.0.0.1:2379"
            FLANNEL_ETCD_ENDPOINTS="http://127.0.0.1:2379"
            FLANNEL_ETCD_KEY="/atomic01/network"
            FLANNEL_ETCD_PREFIX="/atomic01/network"

            """, File(Steps("fedora"), "configure-flannel"));

    [Fact]
    public void Flannel_options_contain_the_etcd_certificates() =>
        Assert.Equal("""
            # Written by Commissaire.
            FLANNEL_ETCD="https://etcd1:2379,https://etcd2:2379"
            FLANNEL_ETCD_ENDPOINTS="https://etcd1:2379,https://etcd2:2379"
            FLANNEL_ETCD_KEY="/atomic01/network"
            FLANNEL_ETCD_PREFIX="/atomic01/network"
            FLANNEL_OPTIONS="--etcd-certfile=/etc/etcd/client.crt --etcd-keyfile=/etc/etcd/key.crt --etcd-cafile=/etc/etcd/cacert.pem"

            """, File(Steps("fedora", settings: Tls), "configure-flannel"));

    [Fact]
    public void An_etcd_authority_works_without_a_client_certificate()
    {
        var steps = Steps("fedora", settings: Settings with { Etcd = new EtcdSettings { CertificateAuthority = "AUTHORITY"u8.ToArray() } });
        Assert.EndsWith(
            "\nFLANNEL_OPTIONS=\"--etcd-cafile=/etc/etcd/cacert.pem\"\n", File(steps, "configure-flannel"), StringComparison.Ordinal);
        Assert.Equal("configure-etcd-ca: write /etc/etcd/cacert.pem 644",
            Assert.Single(Lines(steps), l => l.Contains("etcd", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_etcd_key_is_private_and_written_before_its_certificate()
    {
        var steps = Steps("fedora", settings: Tls);
        Assert.Equal(
        [
            "configure-etcd-key: write /etc/etcd/key.crt 600",
            "configure-etcd-certificate: write /etc/etcd/client.crt 644",
            "configure-etcd-ca: write /etc/etcd/cacert.pem 644",
        ], Lines(steps).Where(l => l.Contains("etcd", StringComparison.Ordinal)));
        Assert.Equal("PRIVATE KEY", File(steps, "configure-etcd-key"));
        Assert.Equal("CERTIFICATE", File(steps, "configure-etcd-certificate"));
        Assert.Equal("AUTHORITY", File(steps, "configure-etcd-ca"));
    }

    [Fact]
    public void The_etcd_key_is_not_on_a_command_line() =>
        Assert.All(Steps("fedora", settings: Tls),
            s => Assert.DoesNotContain(
                "PRIVATE KEY", s.Command + s.Name + new CommandFrame(s.Command!, "core", "0"), StringComparison.Ordinal));

    [Fact]
    public void A_flannel_server_network_needs_no_etcd()
    {
        var steps = Steps("fedora", network: Server, settings: Tls);
        Assert.Equal("# Written by Commissaire.\nFLANNEL_OPTIONS=\"--remote=192.168.152.100:8080\"\n", File(steps, "configure-flannel"));
        Assert.DoesNotContain(steps, s => s.Name.Contains("etcd", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fedora", "OPTIONS=\"--registry-mirror=http://127.0.0.1:8080 --selinux-enabled --log-driver=journald\"")]
    [InlineData("atomic", "OPTIONS=\"--registry-mirror=http://127.0.0.1:8080 --selinux-enabled --log-driver=journald\"")]
    [InlineData("debian", "DOCKER_OPTS=\"--registry-mirror=http://127.0.0.1:8080 --log-driver=journald\"")]
    public void Docker_uses_the_mirror_and_logs_to_the_journal(string os, string options) =>
        Assert.Equal($"# Written by Commissaire.\n{options}\nDOCKER_CERT_PATH=\"/etc/docker\"\n", File(Steps(os), "configure-docker"));

    [Fact]
    public void Without_a_mirror_docker_gets_no_mirror_option() =>
        Assert.Contains("OPTIONS=\"--selinux-enabled --log-driver=journald\"\n",
            File(Steps("fedora", settings: Settings with { RegistryMirror = "" }), "configure-docker"), StringComparison.Ordinal);

    [Fact]
    public void Special_characters_are_escaped() =>
        Assert.Contains("""FLANNEL_ETCD_KEY="a b\"\\\$(reboot)\`x\`;'#" """.TrimEnd() + "\n",
            File(Steps("fedora", settings: Settings with { FlannelKey = """a b"\$(reboot)`x`;'#""" }), "configure-flannel"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("a\nLD_PRELOAD=/tmp/x")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void A_value_with_several_lines_throws(string value) =>
        Assert.Contains("FLANNEL_ETCD_KEY",
            Assert.Throws<ArgumentException>(() => Steps("fedora", settings: Settings with { FlannelKey = value })).Message,
            StringComparison.Ordinal);

    // A shell parses the file like systemd parses an environment file.
    [Fact]
    public void A_shell_reads_any_value_unchanged() =>
        Gen.String[Gen.Char[" \t\"'\\$`;#&|<>(){}*?~!=a/é"], 0, 12].Sample(value =>
        {
            var file = File(Steps("fedora", settings: Settings with { FlannelKey = value }), "configure-flannel");
            Assert.Equal(value, Assert.Single(Sh.Words(file + "printf '%s\\0' \"$FLANNEL_ETCD_KEY\"")));
        }, iter: 100);

    [Fact]
    public void A_flannel_server_without_an_address_is_a_problem()
    {
        Assert.Contains("has no option 'address'",
            BootstrapSteps.Problem(Server with { Options = OptionSet.Empty })!, StringComparison.Ordinal);
        Assert.Contains("has no option 'address'",
            BootstrapSteps.Problem(Server with { Options = OptionSet.Empty.With("address", "") })!, StringComparison.Ordinal);
        Assert.Null(BootstrapSteps.Problem(Server));
        Assert.Null(BootstrapSteps.Problem(NetworkDefinition.Default));
    }
}
