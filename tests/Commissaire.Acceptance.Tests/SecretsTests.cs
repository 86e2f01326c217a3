using System.Collections.Concurrent;
using System.Text;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Private keys and tokens are only in the secret store, encrypted.</summary>
public sealed class SecretsTests(SecretsTests.Debugged fixture) : IClassFixture<SecretsTests.Debugged>
{
    private const string Token = "t0ken-that-nobody-may-read-anywhere";

    [Fact]
    public async Task Keys_and_tokens_are_in_no_file_no_log_and_no_command_line()
    {
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, bool>();
        var sampling = Task.Run(() => SampleCommandLines(seen, stop.Token));
        await fixture.Server.Ensure(
            "/containermanager/told", new { type = "openshift", options = new { server_url = "https://127.0.0.1:1", token = Token } });
        LabHost[] hosts = [await fixture.AddHost(), await fixture.AddHost(LabOs.Ubuntu), await fixture.AddHost(LabOs.Atomic)];
        hosts[0].Script("systemctl", new Behaviour { Held = true });
        foreach (var host in hosts)
        {
            await fixture.Register(host, user: host.Os == LabOs.Ubuntu ? "core" : "root");
        }

        // Error messages must not repeat secrets.
        Assert.Equal(400, (await fixture.TryRegister(await fixture.AddHost(), privateKey: fixture.Lab.PrivateKeyBase64[..^9])).Code);
        Assert.Equal(409,
            (await fixture.Server.Put("/containermanager/told",
            new { type = "openshift", options = new { server_url = "https://127.0.0.1:2", token = Token } })).Code);
        await Eventually.True(() => seen.Keys.Any(line => line.Contains("systemctl", StringComparison.Ordinal)), "a command line is seen");
        hosts[0].Unscript("systemctl");
        foreach (var host in hosts)
        {
            await fixture.WaitFor(host, "disassociated");
            var creds = (await fixture.Server.Get($"/host/{host.Address}/creds")).Ok();
            Assert.Equal(await File.ReadAllBytesAsync(fixture.Lab.PrivateKeyPath), Convert.FromBase64String(creds["ssh_priv_key"]));
        }

        Assert.Equal(
            "***", (await fixture.Server.Get("/containermanager/told")).Ok().Json.GetProperty("options").GetProperty("token").ToString());
        await stop.CancelAsync();
        await sampling;

        foreach (var file in Directory.EnumerateFiles(fixture.Server.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            AssertNone(file, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
            Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(file) & 0b111_111_111 & ~0b100_100, 8));
        }

        Assert.Contains("commissaire.db-wal", Directory.EnumerateFiles(fixture.Server.DataDirectory).Select(Path.GetFileName));
        Assert.Contains("ssh 127.", fixture.Server.Output, StringComparison.Ordinal);
        AssertNone("what the server said", fixture.Server.Output);
        AssertNone("the lists", (await fixture.Server.Get("/hosts")).Body + (await fixture.Server.Get("/containermanager/told")).Body);
        AssertNone("command lines", string.Join('\n', seen.Keys));
        foreach (var host in hosts)
        {
            AssertNone("a command log", await File.ReadAllTextAsync(host.CommandLogPath));
            AssertNone("an sshd log", host.SshdLog);
            AssertNone("a history", (await fixture.Server.Get($"/host/{host.Address}/history")).Body);
        }
    }

    private void AssertNone(string where, string text)
    {
        var lines = fixture.Lab.PrivateKeyPem.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('-')).ToList();
        var raw = Convert.FromBase64String(string.Concat(lines));
        string[] secrets =
        [
            Token, .. lines, .. fixture.Lab.PrivateKeyBase64.Chunk(48).Select(chunk => new string(chunk)).Where(chunk => chunk.Length > 20),
            Encoding.Latin1.GetString(raw, raw.Length / 2, 40),
        ];
        Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"a secret is in {where}"));
    }

    // All processes of this machine: the server, its children, and the commands on the hosts.
    private static void SampleCommandLines(ConcurrentDictionary<string, bool> seen, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
            {
                try
                {
                    seen.TryAdd(File.ReadAllText($"{process}/cmdline"), true);
                }
                catch (IOException)
                {
                    // The process has ended.
                }
            }
        }
    }

    /// <summary>A server that logs everything.</summary>
    public sealed class Debugged() : ServerFixture(["--debug"]);
}
