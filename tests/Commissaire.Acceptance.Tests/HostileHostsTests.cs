using System.Diagnostics;
using System.Net;
using Commissaire.Lab.Hosts;
using Xunit.Abstractions;

namespace Commissaire.Acceptance.Tests;

/// <summary>A server that checks its hosts every five seconds.</summary>
public sealed class HostileHostsFixture() : ServerFixture(["--watch-interval", "5"]);

/// <summary>Hosts that print without end, or break or delay the SSH protocol.</summary>
public sealed class HostileHostsTests(HostileHostsFixture fixture, ITestOutputHelper output) : IClassFixture<HostileHostsFixture>
{
    private const string TooMuch = "the command was ended because it printed more than 16 MiB";

    /// <summary>What all hostile hosts together may cost, in MiB.</summary>
    private const long MaxGrowthMiB = 100;

    private static readonly string[] Floods =
    [
        "cat /dev/zero", "cat /dev/zero >&2", "cat /dev/zero >&2 & exec cat /dev/zero",
        "yes \"$SSH_ORIGINAL_COMMAND\"", "yes \"$(head -c 65536 /dev/zero | tr '\\0' x)\"",
    ];

    [Fact]
    public async Task What_a_host_prints_without_end_is_not_kept_and_fails_it()
    {
        await using var memory = new MemoryPeak(fixture.Server.ProcessId);
        var hosts = await Task.WhenAll(Floods.Select(flood => fixture.Lab.AddHost(new LabHostOptions { ForceCommand = flood })));

        await Task.WhenAll(hosts.Select(host => fixture.Register(host)));
        foreach (var host in hosts)
        {
            await fixture.WaitFor(host, seen => seen["reason"] == $"investigation: {TooMuch}", "failed for its output");
            await Eventually.True(() => Logins(host) >= 4, $"{host.Address} is tried again");
        }

        output.WriteLine($"{memory}");
        Assert.True(memory.GrowthMiB < MaxGrowthMiB, $"{memory}");
    }

    [Fact]
    public async Task A_host_that_begins_to_print_without_end_is_failed_by_its_health_check_and_recovers()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions
        {
            Os = LabOs.Atomic,
            ForceCommand = "test -e /flood && exec cat /dev/zero; eval \"$SSH_ORIGINAL_COMMAND\"",
        });
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");

        File.WriteAllText(host.FilePath("/flood"), "");
        await fixture.WaitFor(host, seen => seen["reason"] == $"health check: {TooMuch}", "failed for its output");

        File.Delete(host.FilePath("/flood"));
        await fixture.WaitFor(host, "disassociated");
    }

    [Fact]
    public async Task What_a_host_says_reaches_terminals_and_logs_with_escapes_only()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions
        {
            ForceCommand = @"printf 'no\033]0;title\007 \342\200\256gpj.exe\342\200\250\302\233' >&2; exit 7",
        });
        await fixture.Register(host);
        await fixture.WaitFor(host, "failed");
        var commctl = new Commctl(fixture.Server);

        foreach (var format in (string[])["yaml", "json", "table"])
        {
            var lists = await commctl.RunLine($"host list -o {format}");
            var history = await commctl.RunLine($"host history {host.Address} -o {format}");
            Assert.Contains("ended with exit status 7", lists.Output, StringComparison.Ordinal);
            Assert.Contains("gpj.exe", history.Output, StringComparison.Ordinal);

            // The server marks the cut of a long text with an ellipsis.
            Assert.All((lists.Output + history.Output).Where(c => c != '…'), c => Assert.InRange(c, '\n', '~'));
            Assert.DoesNotContain('\u001b', lists.Output + history.Output);
        }

        Assert.Equal(
            "investigation: the host did not run the command of user 'root', but printed "
            + "'no\u001b]0;title\u0007 \u202egpj.exe\u2028\u009b' and ended with exit status 7; check the user's login shell, its start-up "
            + "files, and forced commands",
            (await fixture.Server.Get($"/host/{host.Address}")).Ok()["reason"]);
        Assert.DoesNotContain('\u001b', fixture.Server.Output);
    }

    [Fact]
    public async Task A_hundred_hostile_hosts_cost_little_and_delay_no_health_check_of_others()
    {
        var fleet = await Fleet.Create(fixture, 10);
        var quiet = await Checked(fleet);
        await using var memory = new MemoryPeak(fixture.Server.ProcessId);

        var hostile = await Hostile(100);
        await Task.WhenAll(hostile.Select(async at => (await fixture.Server.Put(
            $"/host/{at.Address}", new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = at.Port })).Ok()));
        var attacked = await Checked(fleet);

        output.WriteLine($"{memory}; checks took {quiet} before, and {attacked} with hostile hosts");
        Assert.True(memory.GrowthMiB < MaxGrowthMiB, $"{memory}");
        Assert.True(attacked.Idle < (2 * quiet.Idle) + TimeSpan.FromSeconds(5), $"{quiet} before, and {attacked} with hostile hosts");
        foreach (var host in fleet.Hosts)
        {
            // On a busy machine a login can take longer than a check allows. The idle time above catches a server that waits too long.
            Assert.All(await Failures(host), reason => Assert.Matches(@"^health check: (.+: )?no (answer|result) within \d+ s", reason));
            await fixture.WaitFor(host, "active");
        }

        var states = (await fixture.Server.Get("/hosts")).Ok().Json.EnumerateArray().ToDictionary(
            host => $"{host.GetProperty("address")}", host => $"{host.GetProperty("status")}");
        Assert.All(hostile, at => Assert.Contains(states[$"{at.Address}"], (string[])["investigating", "failed"]));
        Assert.Equal(HttpStatusCode.OK, (HttpStatusCode)(await fixture.Server.Get("/hosts")).Code);
    }

    private async Task<IReadOnlyList<string>> Failures(LabHost host) =>
    [
        .. (await fixture.Server.Read($"/host/{host.Address}/history")).Ok().Json.EnumerateArray()
            .Where(entry => $"{entry.GetProperty("event")}" == "failed").Select(entry => $"{entry.GetProperty("summary")}"),
    ];

    // How long it takes until every host of a fleet was checked five times. The idle time does not depend on the speed of the machine.
    private async Task<(TimeSpan Idle, TimeSpan Elapsed)> Checked(Fleet fleet)
    {
        var (idle, started) = (new IdleTime(), Stopwatch.GetTimestamp());
        var last = new Dictionary<string, string>();
        var checks = fleet.Addresses.ToDictionary(address => address, _ => 0);
        await Eventually.Matches(
            async () =>
            {
                foreach (var address in fleet.Addresses)
                {
                    var seen = (await fixture.Server.Get($"/host/{address}")).Ok()["last_check"];
                    checks[address] += last.TryGetValue(address, out var before) && before != seen ? 1 : 0;
                    last[address] = seen;
                }

                return checks.Values.Min();
            },
            fewest => fewest >= 5, "every host was checked five times");
        return (idle.Elapsed, Stopwatch.GetElapsedTime(started));
    }

    // Endless and slow output from real hosts, impostors of every kind, and real hosts that stall at every stage of the protocol.
    private async Task<IReadOnlyList<(IPAddress Address, int Port)>> Hostile(int count)
    {
        string[] commands = [.. Floods, "sleep 86400", "while echo x; do sleep 0.1; done", "head -c 1000000 /dev/zero; sleep 86400"];
        var real = await Task.WhenAll(commands.Select(command => fixture.Lab.AddHost(new LabHostOptions { ForceCommand = command })));
        var upstream = await fixture.Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic });
        Hostility[] own =
        [
            Hostility.Silence, Hostility.Greeting, Hostility.EndlessLines, Hostility.EndlessLine, Hostility.HugePacket,
            Hostility.EndlessIgnores, Hostility.Noise, new Hostility.Drips(upstream, TimeSpan.FromMilliseconds(100)),
        ];

        // A login and a command are about 4 KiB from the host.
        var stalls = Enumerable.Range(0, count - real.Length - (2 * own.Length)).Select(n => new Hostility.StallsAfter(upstream, 40L * n));
        return
        [
            .. real.Select(host => (host.Address, host.Port)),
            .. own.Concat(own).Concat(stalls).Select(fixture.Lab.AddImpostor).Select(impostor => (impostor.Address, impostor.Port)),
        ];
    }

    private static int Logins(LabHost host) => host.SshdLog.Split("Accepted publickey", StringSplitOptions.None).Length - 1;
}
