using System.Text.Json;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class EtcdCertificatesTests(EtcdCertificatesTests.Etcd etcd) : IClassFixture<EtcdCertificatesTests.Etcd>
{
    [Theory]
    [InlineData("fedora", "root", "/etc/sysconfig")]
    [InlineData("ubuntu", "core", "/etc/default")]
    [InlineData("atomic", "core", "/etc/sysconfig")]
    public async Task Certificates_are_put_on_the_host_and_flannel_is_told_of_them(string os, string user, string directory)
    {
        var host = await etcd.AddHost(LabOs.Parse(os));

        await etcd.Register(host, user: user);
        await etcd.WaitFor(host, "disassociated");

        Assert.Equal((Etcd.Pem("certificate"), "644"),
            (ServerFixture.ReadFile(host, "/etc/etcd/client.crt"), ServerFixture.FileMode(host, "/etc/etcd/client.crt")));
        Assert.Equal((Etcd.Pem("key"), "600"),
            (ServerFixture.ReadFile(host, "/etc/etcd/key.crt"), ServerFixture.FileMode(host, "/etc/etcd/key.crt")));
        Assert.Equal((Etcd.Pem("ca"), "644"),
            (ServerFixture.ReadFile(host, "/etc/etcd/cacert.pem"), ServerFixture.FileMode(host, "/etc/etcd/cacert.pem")));
        Assert.Equal(
            """
            # Written by Commissaire.
            FLANNEL_ETCD="https://etcd.example.com:2379"
            FLANNEL_ETCD_ENDPOINTS="https://etcd.example.com:2379"
            FLANNEL_ETCD_KEY="/here/network"
            FLANNEL_ETCD_PREFIX="/here/network"
            FLANNEL_OPTIONS="--etcd-certfile=/etc/etcd/client.crt --etcd-keyfile=/etc/etcd/key.crt --etcd-cafile=/etc/etcd/cacert.pem"

            """,
            ServerFixture.ReadFile(host, $"{directory}/flanneld"));
        Assert.DoesNotContain(Etcd.Secret, await File.ReadAllTextAsync(host.CommandLogPath), StringComparison.Ordinal);
        Assert.DoesNotContain(Etcd.Secret, etcd.Server.Output, StringComparison.Ordinal);
    }

    /// <summary>A server that is configured for an etcd with TLS.</summary>
    public sealed class Etcd : ServerFixture
    {
        public const string Secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";

        private static readonly DirectoryInfo Files = Directory.CreateTempSubdirectory("commissaire-etcd-");

        public Etcd()
            : base(["--config-file", Config()])
        {
        }

        public static string Pem(string what) =>
            $"-----BEGIN {what}-----\n{(what == "key" ? Secret : what)}\n$HOME `id` 'quoted' \"twice\"\n-----END {what}-----\n";

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Files.Delete(recursive: true);
        }

        private static string Config()
        {
            string File(string name, string content)
            {
                var path = Path.Combine(Files.FullName, name);
                System.IO.File.WriteAllText(path, content);
                return path;
            }

            return File("commissaire.conf", JsonSerializer.Serialize(new
            {
                bootstrap = new
                {
                    flannel_key = "/here/network",
                    etcd = new
                    {
                        server_url = "https://etcd.example.com:2379",
                        certificate_path = File("client.crt", Pem("certificate")),
                        certificate_key_path = File("client.key", Pem("key")),
                        certificate_ca_path = File("ca.crt", Pem("ca")),
                    },
                },
            }));
        }
    }
}
