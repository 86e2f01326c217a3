using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Commissaire.Cluster.Tests;

/// <summary>
/// Network namespaces as machines, on a bridge with this machine. Its network is one of those for documentation (RFC 5737) that this
/// machine does not use.
/// </summary>
public sealed class Bridge : IAsyncDisposable
{
    private readonly string _name = $"c{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
    private readonly int _machines;
    private readonly string _network;

    private Bridge(int machines, string network) => (_machines, _network) = (machines, network);

    /// <summary>The address of this machine.</summary>
    public string Here => $"{_network}.1";

    /// <summary>The address of a machine; the first machine is 1.</summary>
    public string Address(int machine) => string.Create(CultureInfo.InvariantCulture, $"{_network}.{10 + machine}");

    /// <summary>Creates a bridge with machines.</summary>
    public static async Task<Bridge> Build(int machines)
    {
        var bridge = new Bridge(machines, await Unused());
        try
        {
            await bridge.Build();
            return bridge;
        }
        catch
        {
            await bridge.DisposeAsync();
            throw;
        }
    }

    private async Task Build()
    {
        await Ip("link", "add", _name, "type", "bridge");
        await Ip("address", "add", $"{Here}/24", "dev", _name);
        await Ip("link", "set", _name, "up");
        for (var machine = 1; machine <= _machines; machine++)
        {
            var (ns, outside) = (Namespace(machine), $"{_name}-{machine}");
            await Ip("netns", "add", ns);
            await Ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", ns);
            await Ip("link", "set", outside, "master", _name, "up");
            await Ip("-n", ns, "address", "add", $"{Address(machine)}/24", "dev", "eth0");
            await Ip("-n", ns, "link", "set", "eth0", "up");
            await Ip("-n", ns, "link", "set", "lo", "up");
        }
    }

    /// <summary>The command prefix that runs a program on a machine.</summary>
    public string[] On(int machine) => ["ip", "netns", "exec", Namespace(machine)];

    /// <summary>Drops all packets between a machine and the other machines.</summary>
    public Task CutOff(int machine) => BetweenOthersAnd(machine, "add");

    /// <summary>Restores the connection.</summary>
    public Task Heal(int machine) => BetweenOthersAnd(machine, "del");

    /// <summary>Drops all packets between a machine and this one, which runs the database.</summary>
    public Task CutOffFromHere(int machine) => Ip("-n", Namespace(machine), "route", "add", "blackhole", $"{Here}/32");

    /// <summary>Restores the connection.</summary>
    public Task HealFromHere(int machine) => Ip("-n", Namespace(machine), "route", "del", "blackhole", $"{Here}/32");

    public async ValueTask DisposeAsync()
    {
        // A bridge that could not be built may exist in part.
        var (namespaces, links) = (await Ip("netns", "list"), await Ip("link", "show"));
        foreach (var ns in Enumerable.Range(1, _machines).Select(Namespace).Where(ns => namespaces.Contains(ns, StringComparison.Ordinal)))
        {
            await Ip("netns", "del", ns);
        }

        if (links.Contains($" {_name}: ", StringComparison.Ordinal))
        {
            await Ip("link", "del", _name);
        }
    }

    private string Namespace(int machine) => $"commissaire-{_name}-{machine}";

    // The machine itself first, in one command: it loses all others at the same moment.
    private async Task BetweenOthersAnd(int machine, string what)
    {
        var others = Enumerable.Range(1, _machines).Where(other => other != machine).ToArray();
        var batch = Path.GetTempFileName();
        await File.WriteAllLinesAsync(batch, others.Select(other => $"route {what} blackhole {Address(other)}/32"));
        await Ip("-n", Namespace(machine), "-batch", batch);
        File.Delete(batch);
        foreach (var other in others)
        {
            await Ip("-n", Namespace(other), "route", what, "blackhole", $"{Address(machine)}/32");
        }
    }

    private static async Task<string> Unused()
    {
        foreach (var network in (string[])["203.0.113", "198.51.100", "192.0.2"])
        {
            if (await Ip("route", "show", "root", $"{network}.0/24") == "")
            {
                return network;
            }
        }

        throw new InvalidOperationException("This machine has routes to every network that is set aside for documentation (RFC 5737).");
    }

    private static async Task<string> Ip(params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {await error}");
        return await output;
    }
}
