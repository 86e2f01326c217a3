using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>New keys for hosts: installed beside the old one, proved by a login, then the old one is removed.</summary>
public sealed class RotatingKeysTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Authorized = "/root/.ssh/authorized_keys";

    private Server Server => fixture.Server;

    [Theory]
    [InlineData("root", Authorized)]
    [InlineData("core", "/home/core/.ssh/authorized_keys")]
    public async Task The_old_key_is_replaced_and_the_lines_of_others_stay(string user, string file)
    {
        const string others =
            "# keys of the operators\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKlHJ0mBxOHKSmOLQJgYbs1Ig8lAqvYbVqVJ0W6mZ4r ops";
        var host = await fixture.AddHost(LabOs.Atomic);
        var path = host.FilePath(file);
        var old = (await File.ReadAllTextAsync(path)).Trim();
        await File.WriteAllTextAsync(path, $"{others}\nno-port-forwarding {old}");
        await fixture.Register(host, user: user);
        await fixture.WaitFor(host, "disassociated");
        var before = (await Server.Get($"/host/{host.Address}/creds")).Ok()["ssh_priv_key"];

        (await Rotate(host)).Ok();

        await Eventually.True(() => !File.ReadAllText(path).Contains(Blob(old), StringComparison.Ordinal), "the old key is removed");
        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(others.Split('\n'), lines[..2]);
        Assert.StartsWith("no-port-forwarding ecdsa-sha2-nistp256 AAAA", Assert.Single(lines[2..]), StringComparison.Ordinal);
        Assert.Equal("600", ServerFixture.FileMode(host, file));
        Assert.NotEqual(before, (await Server.Get($"/host/{host.Address}/creds")).Ok()["ssh_priv_key"]);
        await fixture.WaitFor(host, "disassociated");
        Assert.Contains("key-replaced", await fixture.History(host));
        Assert.DoesNotContain("failed", await fixture.History(host));
    }

    [Fact]
    public async Task A_host_whose_key_is_not_in_the_file_keeps_it()
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        var path = host.FilePath(Authorized);
        var old = await File.ReadAllTextAsync(path);
        File.Move(path, path + ".away");
        Directory.CreateDirectory(path);

        var refused = await Rotate(host);

        Assert.Equal(409, refused.Code);
        Directory.Delete(path);
        Assert.Equal(404, (await Server.Send(HttpMethod.Post, "/host/10.9.9.9/rotate-key", new { })).Code);
        File.Move(path + ".away", path);
        Assert.Equal(old, await File.ReadAllTextAsync(path));
        await fixture.WaitFor(host, "disassociated");
    }

    [Fact]
    public async Task A_key_that_cannot_log_in_is_removed_again_and_the_old_one_stays()
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        var path = host.FilePath(Authorized);
        var old = (await File.ReadAllTextAsync(path)).Trim();
        await File.WriteAllTextAsync(path, $"command=\"case $(tail -n 1 {Authorized}) in *commissaire) exit 9 ;; esac; "
            + $"eval \\\"$SSH_ORIGINAL_COMMAND\\\"\" {old}\n");
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");

        var refused = await Rotate(host);

        Assert.Equal(409, refused.Code);
        Assert.Contains("the new key is on the host, but", refused.Body, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(path);
        await File.WriteAllTextAsync(path, $"{old}\n{lines[1]}\n");
        await Server.KillAndStart();
        await Eventually.True(() => File.ReadAllLines(path) is [_], "the new key is removed");
        Assert.Equal(old, Assert.Single(await File.ReadAllLinesAsync(path)));
        await fixture.WaitFor(host, "disassociated");
    }

    [Fact]
    public async Task The_keys_of_a_cluster_are_replaced_by_one_also_if_the_server_is_killed_meanwhile()
    {
        var fleet = await Fleet.Create(fixture, 3);
        var old = Blob((await File.ReadAllTextAsync(fleet.Hosts[0].FilePath(Authorized))).Trim());
        using (var first = new Commctl(Server).Start("host", "rotate-key", "--cluster", fleet.Name, "--shared"))
        {
            await Eventually.True(
                () => File.ReadAllText(fleet.Hosts[0].FilePath(Authorized)).Contains("ecdsa", StringComparison.Ordinal), "it has begun");
            await Server.KillAndStart();
            await first.End();
        }

        await Eventually.Matches(
            () => new Commctl(Server).Run("host", "rotate-key", "--cluster", fleet.Name, "--shared"), r => r.Code == 0,
            "keys are replaced");

        var keys = new HashSet<string>();
        foreach (var host in fleet.Hosts)
        {
            await Eventually.True(() => File.ReadAllLines(host.FilePath(Authorized)) is [var line]
                && !line.Contains(old, StringComparison.Ordinal), $"{host.Address} has one key");
            keys.Add((await Server.Get($"/host/{host.Address}/creds")).Ok()["ssh_priv_key"]);
            await fixture.WaitFor(host, "active");
        }

        Assert.Single(keys);
    }

    private Task<Reply> Rotate(LabHost host) => Server.Send(HttpMethod.Post, $"/host/{host.Address}/rotate-key", new { });

    private static string Blob(string line) => line.Split(' ')[1];
}
