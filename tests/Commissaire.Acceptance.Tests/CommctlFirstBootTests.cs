using System.Diagnostics;
using System.Globalization;
using System.Text;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Machines that register themselves at their first boot, with user-data from commctl.</summary>
public sealed class CommctlFirstBootTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly Commctl commctl = new(fixture.Server);

    [Theory]
    [InlineData("root")]
    [InlineData("deployer")]
    public async Task The_part_handler_registers_the_host_with_a_token_and_the_host_becomes_active(string user)
    {
        var (host, cluster) = (await fixture.AddHost(LabOs.Fedora), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        var (id, token) = await Token(cluster, 1);
        await UserData(host, proxy, "-c", cluster, "-r", user, "--token", token, "--gzip");

        var init = await In(host, "python3 /root/cloud-init.py init");
        Assert.Equal(
            "Unhandled unknown content-type (text/cloud-config)\n" +
            "commissaire: registration is scheduled for the end of the boot\n",
            init.Ok().Output);
        Assert.Equal(404, (await fixture.Server.Get($"/host/{host.Address}")).Code);
        var final = await In(host, "python3 /root/cloud-init.py final");

        Assert.Equal("commissaire: Commissaire response: 201 Created\n", final.Ok().Output);
        var seen = await fixture.WaitFor(host, "active");
        Assert.Equal((user, cluster), (seen["remote_user"], seen["cluster"]));
        // The registration included the host key, so the first contact was verified.
        Assert.DoesNotContain("host-key-recorded", await fixture.History(host));
        Assert.Contains(host.HostKey.Fingerprint, seen["host_key"], StringComparison.Ordinal);
        Assert.Contains("uses_left: 0\n", (await commctl.RunLine("token list")).Ok().Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, init.Output + init.Error + final.Output + final.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(host.FilePath("/var/lib/cloud/instance/handlers/commissaire-host.json")),
            "the settings, and the token in them, are still there");
        (await commctl.RunLine($"token revoke {id}")).Ok();
        await AssertFilesOf(user, host);
    }

    [Theory]
    [InlineData("multipart")]
    [InlineData("cloud-config")]
    public async Task An_existing_key_of_2017_is_used(string format)
    {
        var (host, cluster) = (await fixture.AddHost(LabOs.Atomic), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        var (_, token) = await Token(cluster, 1);
        (await In(host, "ssh-keygen -q -t rsa -N '' -f /root/.ssh/id_rsa")).Ok();
        await UserData(host, proxy, "-c", cluster, "--token", token, "--format", format);
        if (format == "cloud-config")
        {
            WriteFiles(host);
        }

        (await In(host, format == "multipart" ? "python3 /root/cloud-init.py init final" : "sh /var/lib/commissaire/enrol.sh")).Ok();

        await fixture.WaitFor(host, "active");
        Assert.False(File.Exists(host.FilePath("/root/.ssh/id_ed25519")), "another key was made");
    }

    [Fact]
    public async Task A_second_run_of_the_part_handler_changes_nothing()
    {
        var (host, cluster) = (await fixture.AddHost(LabOs.Atomic), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        await UserData(host, proxy, "-c", cluster, "-u", "a", "--password-file", fixture.Server.WriteFile("password", "a\n"));

        (await In(host, "python3 /root/cloud-init.py init final")).Ok();
        var first = await fixture.WaitFor(host, "active");
        var keys = ServerFixture.ReadFile(host, "/root/.ssh/authorized_keys");
        var again = (await In(host, "python3 /root/cloud-init.py init final")).Ok();

        Assert.EndsWith("commissaire: Commissaire response: 201 Created\n", again.Output, StringComparison.Ordinal);
        Assert.Equal(keys, ServerFixture.ReadFile(host, "/root/.ssh/authorized_keys"));
        Assert.Equal("600", ServerFixture.FileMode(host, "/root/.ssh/authorized_keys"));
        Assert.Equal(first["since"], (await fixture.WaitFor(host, "active"))["since"]);
    }

    [Fact]
    public async Task The_part_handler_retries_until_the_server_responds()
    {
        var (host, cluster) = (await fixture.AddHost(LabOs.Atomic), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        await UserData(host, proxy, "-c", cluster, "-u", "a", "--password-file", fixture.Server.WriteFile("password", "a\n"));
        (await In(host, "python3 /root/cloud-init.py init")).Ok();

        await fixture.Server.Kill();
        var final = In(host, "python3 /root/cloud-init.py final >/root/said 2>&1");
        await Eventually.True(() => File.Exists(host.FilePath("/root/said"))
            && ServerFixture.ReadFile(host, "/root/said").Contains("; retrying", StringComparison.Ordinal), "the handler retries");
        await fixture.Server.Start();

        (await final).Ok();
        await fixture.WaitFor(host, "active");
    }

    [Fact]
    public async Task The_part_handler_does_not_retry_a_rejected_registration()
    {
        var (host, cluster, other) = (
            await fixture.AddHost(LabOs.Atomic), await fixture.AddManagedCluster(), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        var (_, token) = await Token(other, 1);
        await UserData(host, proxy, "-c", cluster, "--token", token);

        var ran = await In(host, "python3 /root/cloud-init.py init final");

        Assert.NotEqual(0, ran.Code);
        Assert.Contains(
            "commissaire: Commissaire response: 403 Forbidden\n" +
            "commissaire: not registered: the server rejected the request: ",
            ran.Output, StringComparison.Ordinal);
        Assert.Equal(404, (await fixture.Server.Get($"/host/{host.Address}")).Code);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("deployer")]
    public async Task A_cloud_config_registers_the_host_with_curl(string user)
    {
        var (host, cluster) = (await fixture.AddHost(LabOs.Fedora), await fixture.AddManagedCluster());
        await using var proxy = new SourceAddressProxy(host.Address, fixture.Server.Port);
        var (_, token) = await Token(cluster, 1);
        await UserData(host, proxy, "-c", cluster, "-r", user, "--token", token, "--format", "cloud-config");
        var folder = WriteFiles(host);

        var ran = await In(host, "sh /var/lib/commissaire/enrol.sh");
        var again = await In(host, "sh /var/lib/commissaire/enrol.sh");

        Assert.Equal("commissaire: Commissaire response: 201\n", ran.Ok().Output);
        Assert.Equal("commissaire: already registered\n", again.Ok().Output);
        var seen = await fixture.WaitFor(host, "active");
        Assert.Equal(user, seen["remote_user"]);
        Assert.DoesNotContain("host-key-recorded", await fixture.History(host));
        Assert.DoesNotContain(token, string.Concat(Directory.EnumerateFiles(folder).Select(File.ReadAllText)), StringComparison.Ordinal);
        await AssertFilesOf(user, host);
    }

    // The files of the user, with their modes, belong to the user and the user's group.
    private async Task AssertFilesOf(string user, LabHost host)
    {
        var stat = await In(host, $"cd ~{user}/.ssh && stat -c '%n %U:%G %a' . authorized_keys id_ed25519 id_ed25519.pub");
        Assert.Equal(
            $". {user}:{user} 700\nauthorized_keys {user}:{user} 600\nid_ed25519 {user}:{user} 600\nid_ed25519.pub {user}:{user} 644\n",
            stat.Ok().Output);
    }

    private static string WriteFiles(LabHost host)
    {
        var folder = Directory.CreateDirectory(host.FilePath("/var/lib/commissaire")).FullName;
        foreach (var (name, content) in Written(ServerFixture.ReadFile(host, "/root/user-data")))
        {
            File.WriteAllText(Path.Combine(folder, name), content);
        }

        return folder;
    }

    private async Task<(string Id, string Token)> Token(string cluster, int uses)
    {
        var fields = (await commctl.RunLine($"token create --cluster {cluster} --ttl 1h --uses {uses}")).Ok().Output.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line.Split(": ")[0], line => line.Split(": ")[1].Trim('\''));
        return (fields["id"], fields["token"]);
    }

    private async Task UserData(LabHost host, SourceAddressProxy proxy, params string[] options)
    {
        (await commctl.Run(
            ["user-data", "-e", $"{proxy.Url}/", "--port", $"{host.Port}", "-o", host.FilePath("/root/user-data"), .. options])).Ok();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "FirstBoot/cloud-init.py"), host.FilePath("/root/cloud-init.py"));
    }

    // The files that write_files of cloud-init writes.
    private static IEnumerable<(string Name, string Content)> Written(string cloudConfig)
    {
        var content = "";
        foreach (var line in cloudConfig.Split('\n'))
        {
            if (line.Split("content: ") is [_, var encoded])
            {
                content = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            }
            else if (line.Split("path: /var/lib/commissaire/") is [_, var name])
            {
                yield return (name, content);
            }
        }
    }

    private async Task<Commctl.Result> In(LabHost host, string command)
    {
        var knownHosts = fixture.Server.WriteFile($"known-{Guid.NewGuid():n}", host.KnownHostsLine + "\n");
        var start = new ProcessStartInfo("ssh",
        [
            "-F", "/dev/null", "-i", fixture.Lab.PrivateKeyPath,
            "-p", host.Port.ToString(CultureInfo.InvariantCulture), "-o", "BatchMode=yes",
            "-o", "LogLevel=ERROR", "-o", "StrictHostKeyChecking=yes", "-o", $"UserKnownHostsFile={knownHosts}",
            $"root@{host.Address}", command,
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var ssh = new Commctl.RunningProgram(Process.Start(start)!);
        return await ssh.End();
    }
}
