using System.Diagnostics;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Another user, key or port for a host that is registered: tried by a real login first.</summary>
public sealed class ChangingCredentialsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_user_that_can_log_in_takes_over_and_one_that_cannot_changes_nothing()
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        var path = $"/host/{host.Address}";

        Assert.Equal(409, (await Server.Put(path, new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, remote_user = "core" })).Code);
        var refused = await Server.Put($"{path}/credentials", new { remote_user = "nobody-here" });
        var unreachable = await Server.Put($"{path}/credentials", new { port = 1 });
        var unusable = await Server.Put($"{path}/credentials", new { ssh_priv_key = "AAAA" });
        var nothing = await Server.Put($"{path}/credentials", new { });
        var before = (await Server.Get(path)).Ok();
        var changed = await Server.Put($"{path}/credentials", new { remote_user = "core", port = host.Port });

        Assert.Equal((409, 409, 400, 400), (refused.Code, unreachable.Code, unusable.Code, nothing.Code));
        Assert.Contains("a login with these credentials failed: sshd rejected user 'nobody-here'", refused.Body, StringComparison.Ordinal);
        Assert.Contains("port 1", unreachable.Body, StringComparison.Ordinal);
        Assert.Equal(("root", $"{host.Port}"), (before["remote_user"], before["port"]));
        Assert.Equal((201, "core"), (changed.Code, changed["remote_user"]));
        Assert.Equal("core", (await Server.Get($"{path}/creds")).Ok()["remote_user"]);
        Assert.Contains("credentials-changed", await fixture.History(host));
        Assert.Equal(404, (await Server.Put("/host/10.9.9.9/credentials", new { port = 22 })).Code);
    }

    [Fact]
    public async Task A_host_that_rejects_its_old_key_recovers_with_the_new_one_also_after_a_kill()
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        var authorized = host.FilePath("/root/.ssh/authorized_keys");
        var (old, theirs) = (await File.ReadAllTextAsync(authorized), await Keys.Create());
        await File.WriteAllTextAsync(authorized, theirs.Public);
        await host.DropConnections();
        await fixture.WaitFor(host, "failed");

        (await Server.Put($"/host/{host.Address}/credentials", new { ssh_priv_key = theirs.PrivateBase64 })).Ok();
        await Server.Kill();
        await Server.Start();
        await fixture.WaitFor(host, "disassociated");

        Assert.Equal(theirs.PrivateBase64, (await Server.Get($"/host/{host.Address}/creds")).Ok()["ssh_priv_key"]);
        Assert.DoesNotContain(old.Split(' ')[1], await File.ReadAllTextAsync(authorized), StringComparison.Ordinal);
    }

    /// <summary>A key pair of the test.</summary>
    private sealed record Keys(string Public, string PrivateBase64)
    {
        public static async Task<Keys> Create()
        {
            var directory = Directory.CreateTempSubdirectory("commissaire-keys-");
            try
            {
                var file = Path.Combine(directory.FullName, "key");
                using var keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "new", "-f", file]);
                await keygen.WaitForExitAsync();
                return new Keys(
                    await File.ReadAllTextAsync($"{file}.pub"), Convert.ToBase64String(await File.ReadAllBytesAsync(file)));
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        }
    }
}
