using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What there is on a host of the files and packages of a plan.</summary>
public sealed class PlanLookTests
{
    private static readonly BootstrapSettings Secure = new()
    {
        Etcd = new EtcdSettings { Certificate = "cert"u8.ToArray(), CertificateKey = "key"u8.ToArray() },
    };

    private static readonly System.Collections.Immutable.ImmutableArray<BootstrapStep> Steps =
        BootstrapSteps.For(Facts, NetworkDefinition.Default, Secure);

    [Fact]
    public void Files_and_packages_are_asked_for_once_and_secrets_are_not_read()
    {
        var words = PlanLook.Command(Steps, OsDialect.Of(Facts)!)!.Words;
        Assert.Contains("p/etc/sysconfig/docker", words);
        Assert.Contains("s/etc/etcd/key.crt", words);
        Assert.Equal(["flannel", "docker"], words[^2..].AsEnumerable());
        Assert.Null(PlanLook.Command([], OsDialect.Of(Facts)!));
    }

    [Fact]
    public void Answers_are_read_in_the_order_of_the_steps()
    {
        var file = Convert.ToBase64String("OPTIONS=1\n"u8);
        var found = PlanLook.Read(Steps, $"file {file}\nsecret\nabsent\nfile \ninstalled\nmissing\n");
        Assert.Equal("OPTIONS=1\n", Encoding.UTF8.GetString(found.Files["/etc/sysconfig/flanneld"].Content!));
        Assert.Equal((true, (byte[]?)null), (found.Files["/etc/etcd/key.crt"].Exists, found.Files["/etc/etcd/key.crt"].Content));
        Assert.False(found.Files["/etc/etcd/client.crt"].Exists);
        Assert.Empty(found.Files["/etc/sysconfig/docker"].Content!);
        Assert.Equal((true, false), (found.Packages["flannel"], found.Packages["docker"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("absent\nabsent\nabsent\nabsent\ninstalled\n")]
    [InlineData("absent\nfile *\nabsent\nabsent\ninstalled\ninstalled\n")]
    [InlineData("hello\nabsent\nabsent\nabsent\ninstalled\ninstalled\n")]
    public void Nonsense_is_rejected(string output) => Assert.Throws<FormatException>(() => PlanLook.Read(Steps, output));
}
