namespace Commissaire.Acceptance.Tests;

/// <summary>Asserts the result of a restart, whatever happened to the server during it.</summary>
internal static class RestartedOnce
{
    /// <summary>The steps of a host with a node, in order.</summary>
    public static readonly string[] Steps = ["preflight", "cordon", "drain", "reboot", "wait-for-reboot", "node-ready", "uncordon"];

    /// <summary>Each host had one turn, rebooted once, and its node is schedulable again.</summary>
    public static async Task Assert(Fleet fleet, Reply over)
    {
        Xunit.Assert.Equal("finished", over["status"]);
        Xunit.Assert.Equal(fleet.Addresses, Fleet.List(over, "restarted"));
        foreach (var host in fleet.Hosts)
        {
            Xunit.Assert.Equal(2, host.Boots);
            Xunit.Assert.Equal("ok", await fleet.NodeStatus(host));
            var turns = await fleet.TurnHistory(host);
            Xunit.Assert.Equal(Steps, turns.Where(said => said.StartsWith("finished ", StringComparison.Ordinal))
                .Select(said => said["finished ".Length..]));
            Xunit.Assert.Single(turns, "turn succeeded");
        }

        var history = await fleet.History();
        Xunit.Assert.Equal(fleet.Addresses.Select(address => $"host-began {address}"),
            history.Where(said => said.StartsWith("host-began", StringComparison.Ordinal)));
        Xunit.Assert.Single(history, "finished");
    }
}
