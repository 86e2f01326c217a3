using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Databases;
using Commissaire.Lab.Hosts;

namespace Commissaire.Cluster.Tests;

/// <summary>A rolling upgrade to the next version and back.</summary>
public sealed class UpgradeTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task Processes_are_replaced_by_the_next_version_and_back_one_by_one_while_a_run_goes_on()
    {
        await installation.WaitForAllMembers();
        var fleet = await Fleet.Create(installation, 6);
        foreach (var host in fleet.Hosts)
        {
            host.NextReboot = new Reboot { Away = TimeSpan.FromSeconds(3) };
        }

        await using var usage = Usage.Start(installation.Servers);
        using var away = fleet.Hosts[0].HoldReboot();
        await fleet.Start("restart");
        await fleet.WaitForStep(fleet.Hosts[0], "wait-for-reboot");
        away.Dispose();
        foreach (var program in (string[])[Acceptance.Tests.Server.NextVersion, Acceptance.Tests.Server.ThisVersion])
        {
            foreach (var server in installation.Servers)
            {
                server.Program = program;
                Assert.Equal(0, (await server.Terminate()).ExitCode);
                await usage.WaitForAnswers();
                await server.Start();
                await installation.WaitForAllMembers();
                await usage.WaitForAnswers();
            }

            (await installation.Server.Put(
                program == Acceptance.Tests.Server.NextVersion ? "/cluster/by-the-next" : "/cluster/by-this-one")).Ok();
        }

        var over = await Eventually.Matches(
            () => Installation.TryGet(installation.Server, $"{fleet.Path}/operations/1"), seen =>
                seen.Code == 200 && seen["status"] != "in_process", "the run is over");
        await usage.AssertUninterrupted(restarts: 2 * installation.Servers.Count);

        Assert.Equal(("finished", "6 of 6 hosts done"), (over["status"], over["reason"]));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(true,
            await PrivatePostgres.Execute(installation.Database,
            "SELECT convert_from(message, 'UTF8') LIKE '%sinceNextVersion%' FROM journal WHERE persistence_id = 'cluster-by-the-next'"));
        Assert.Equal(false,
            await PrivatePostgres.Execute(installation.Database,
            "SELECT convert_from(message, 'UTF8') LIKE '%sinceNextVersion%' FROM journal WHERE persistence_id = 'cluster-by-this-one'"));
        Assert.Equal(200, (await installation.Server.Get("/cluster/by-the-next")).Code);
        foreach (var host in fleet.Hosts)
        {
            await installation.WaitFor(host, "active");
        }
    }
}
