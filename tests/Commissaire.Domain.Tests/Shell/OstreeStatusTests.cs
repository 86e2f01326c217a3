using System.Runtime.Versioning;
using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.ImageSamples;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>The status of rpm-ostree, and the scripts of hosts with it.</summary>
[SupportedOSPlatform("linux")]
public sealed class OstreeStatusTests : ScriptSpec
{
    private static ImageVersion Newer { get; } = OfOstree("7.4");

    private static OsDialect Atomic => OsDialect.Of("atomic")!;

    [Fact]
    public void The_deployments_are_the_next_the_booted_and_the_previous_image()
    {
        Assert.Equal(new HostImages(Commit, null, null), ImageStatus.Read(Deployments(Commit, Commit)));
        Assert.Equal(new HostImages(Commit, Newer, null), ImageStatus.Read(Deployments(Commit, Newer, Commit)));
        Assert.Equal(new HostImages(Newer, null, Commit), ImageStatus.Read(Deployments(Newer, Newer, Commit, OfOstree("7.2"))));
        Assert.Equal(new HostImages(Newer, OfOstree("7.5"), Commit), ImageStatus.Read(Deployments(Newer, OfOstree("7.5"), Newer, Commit)));
    }

    [Fact]
    public void A_first_deployment_that_is_not_staged_is_a_queued_rollback()
    {
        var status = Deployments(Newer, Commit, Newer).Replace("\"staged\" : true", "\"staged\" : false", StringComparison.Ordinal);
        var images = ImageStatus.Read(status);
        Assert.Equal(new HostImages(Newer, null, Commit) { RollbackQueued = true }, images);
        Assert.Equal((Commit, true), (images!.Next, images.NeedsReboot));
    }

    [Fact]
    public void Releases_that_do_not_stage_have_a_deployment_for_the_next_boot()
    {
        var status = Deployments(Commit, Newer, Commit).Replace("\"staged\" : true, ", "", StringComparison.Ordinal)
            .Replace("\"staged\" : false, ", "", StringComparison.Ordinal);
        Assert.Equal(new HostImages(Commit, Newer, null), ImageStatus.Read(status));
    }

    [Fact]
    public void Packages_of_the_host_lie_on_a_commit_that_others_have_too()
    {
        var layered = OfOstree("layered") with { Version = "7.4", Base = Newer.Digest };
        var read = ImageStatus.Read(Deployments(layered, layered))!.Booted;
        Assert.Equal((layered, Newer.Digest), (read, read.Shared));
    }

    [Fact]
    public void A_deployment_of_another_system_is_not_the_previous_one()
    {
        var status = Deployments(Newer, Newer, Commit);
        var last = status.LastIndexOf("\"osname\" : \"fedora\"", StringComparison.Ordinal);
        Assert.Null(ImageStatus.Read(status[..last] + "\"osname\" : \"rescue\"" + status[(last + 19)..])!.Rollback);
    }

    [Fact]
    public void A_deployment_without_an_origin_is_named_by_its_commit() => Assert.Equal(
        Commit.Digest, ImageStatus.Read($$"""{"deployments":[{"checksum":"{{Commit.Digest}}","booted":true}]}""")!.Booted.Image);

    [Fact]
    public void Long_lines_are_left_out()
    {
        Status($$"""
            {
              "deployments" : [
                {
                  "checksum" : "{{Commit.Digest}}",
                  "origin" : "{{Commit.Image}}",
                  "version" : "{{Commit.Version}}",
                  "booted" : true,
                  "base-commit-meta" : {
                    "ostree.manifest" : "{{new string('x', 5000)}}"
                  }
                }
              ]
            }
            """);
        var done = Run(Atomic.BootedStatus!);
        Assert.InRange(done.Output.Length, 1, 1000);
        Assert.Equal(new HostImages(Commit, null, null), ImageStatus.Read(done.Output));
    }

    [Fact]
    public void A_status_that_cannot_be_had_fails_the_step()
    {
        Program("rpm-ostree", "echo 'error: Loading sysroot' >&2; exit 3");
        Assert.Equal((3, "error: Loading sysroot\n"), (Run(Atomic.BootedStatus!).ExitCode, Run(Atomic.BootedStatus!).Error));
    }

    [Fact]
    public void Staging_ends_with_the_images()
    {
        Status(Deployments(Commit, Newer, Commit));
        var done = Run(Atomic.Upgrade);
        Assert.Equal(new HostImages(Commit, Newer, null), OsDialect.ReadImages(done.Output));
        Assert.Equal(["rpm-ostree upgrade", "rpm-ostree status --json"], Calls);
        Forget();
        Run(Atomic.Deploy!("7; reboot"));
        Assert.Equal("rpm-ostree deploy 7; reboot", Calls[0]);
    }

    [Fact]
    public void A_queued_rollback_is_not_undone_by_a_second_one()
    {
        Status(Deployments(Newer, Newer, Commit));
        Assert.Equal(0, Run(Atomic.Rollback!).ExitCode);
        Assert.Equal(["rpm-ostree status --json", "rpm-ostree rollback"], Calls);

        Forget();
        Status(Deployments(Newer, Commit, Newer));
        Assert.Equal(0, Run(Atomic.Rollback!).ExitCode);
        Assert.Equal(["rpm-ostree status --json"], Calls);
    }

    private void Status(string json) => Program("rpm-ostree", $"case $1 in status) cat <<'END'\n{json}\nEND\n;; esac");
}
