using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.ImageSamples;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>The status of bootc, image references, and the scripts of hosts in image mode.</summary>
public sealed class BootcStatusTests
{
    [Fact]
    public void A_status_names_the_booted_the_staged_and_the_previous_image()
    {
        Assert.Equal(new HostImages(Old, New, null), ImageStatus.Read(Status(Old, New)));
        Assert.Equal(new HostImages(New, null, Old), ImageStatus.Read(Status(New, rollback: Old)));
        Assert.Equal(Old, ImageStatus.Read(Status(New, rollback: Old, rollbackQueued: true))!.Next);
        Assert.Equal(Old with { Transport = "oci" }, ImageStatus.Read(Status(Old with { Transport = "oci" }))!.Booted);
        Assert.Equal(Old, ImageStatus.Read("warning: no kernel arguments\n" + Status(Old))!.Booted);
        Assert.Null(ImageStatus.Read(Status(Old with { Version = null }))!.Booted.Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("error: This command must be executed as the root user")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status":null}""")]
    [InlineData("""{"status":{"booted":null}}""")]
    [InlineData("""{"status":{"booted":{"image":null}}}""")]
    [InlineData("""{"status":{"booted":{"image":{"image":"quay.io/a/b","imageDigest":"sha256:1"}}}}""")]
    [InlineData("""{"status":{"booted":{"image":{"image":{"image":7},"imageDigest":true}}}}""")]
    [InlineData("""{"status":{"booted":{"image":{"image":{"image":"quay.io/a/b"},"imageDigest":"sha256:12"}}}}""")]
    [InlineData("""{"status":{"booted":{"image":{"image":{"image":"quay.io/\u0007"},"imageDigest":"sha256:12"}}}}""")]
    [InlineData("""{"status":{"booted":{"image":{"image":{"image":"\ud800"},"imageDigest":"\ud800"}}}}""")]
    public void A_host_that_did_not_boot_an_image_has_none(string output) => Assert.Null(ImageStatus.Read(output));

    [Theory]
    [InlineData("42.2", "quay.io:5000/acme/os:42.2")]
    [InlineData("latest", "quay.io:5000/acme/os:latest")]
    [InlineData(NewDigest, "quay.io:5000/acme/os@" + NewDigest)]
    [InlineData("ghcr.io/acme/other:1", "ghcr.io/acme/other:1")]
    [InlineData("ghcr.io/acme/other", "ghcr.io/acme/other")]
    [InlineData("localhost:5000/os@" + NewDigest, "localhost:5000/os@" + NewDigest)]
    [InlineData("ghcr.io/acme/other:1@" + NewDigest, "ghcr.io/acme/other:1@" + NewDigest)]
    [InlineData("ghcr.io/acme/Other:1", null)]
    [InlineData("-x", null)]
    [InlineData("a b", null)]
    [InlineData("sha256:12", null)]
    [InlineData("ghcr.io/acme/other@sha256:12", null)]
    [InlineData("", null)]
    public void A_version_is_a_reference_or_belongs_to_the_booted_image(string version, string? expected)
    {
        foreach (var image in (string[])["quay.io:5000/acme/os:stable", "quay.io:5000/acme/os", $"quay.io:5000/acme/os@{OldDigest}",
            $"quay.io:5000/acme/os:stable@{OldDigest}"])
        {
            Assert.Equal(expected, new ImageVersion(image, OldDigest).Resolve(version));
        }
    }

    [Fact]
    public void An_image_is_pinned_by_its_digest_once()
    {
        Assert.Equal($"quay.io/acme/os:stable@{OldDigest}", Old.Pinned);
        Assert.Equal($"quay.io/acme/os@{OldDigest}", (Old with { Image = $"quay.io/acme/os@{OldDigest}" }).Pinned);
    }

    [Fact]
    public void A_host_in_image_mode_uses_bootc_whatever_its_system()
    {
        var facts = new HostFacts("flatcar", "1", 1, 1, 1, "6", HostSamples.Boot) { Images = new HostImages(Old, null, null) };
        Assert.Null(OsFamily.Problem(facts));
        Assert.Null(OsFamily.Like(facts));
        var os = OsDialect.Of(facts)!;
        Assert.Null(os.Install);
        Assert.Equal(("bootc upgrade", "bootc switch quay.io/acme/os:42.2"), (os.Upgrade.ByHand, os.Deploy!("42.2").ByHand));
        Assert.Equal("bootc switch --transport oci quay.io/acme/os:42.2", OsDialect.Of(
            facts with { Images = new HostImages(Old with { Transport = "oci" }, null, null) })!.Deploy!("42.2").ByHand);
        Assert.Throws<ArgumentException>(() => os.Deploy!("a b"));
    }

    [Fact]
    public void A_staged_image_or_a_queued_rollback_needs_a_reboot()
    {
        Assert.IsType<RebootAnswer.Needed>(RebootAnswer.Read(Status(Old, New)));
        Assert.IsType<RebootAnswer.Needed>(RebootAnswer.Read(Status(New, rollback: Old, rollbackQueued: true)));
        Assert.IsType<RebootAnswer.NotNeeded>(RebootAnswer.Read(Status(Old)));
        Assert.IsType<RebootAnswer.NotNeeded>(RebootAnswer.Read(Status(New, rollback: Old)));
    }
}
