using Commissaire.Lab.Hosts;
using Microsoft.Data.Sqlite;

namespace Commissaire.Acceptance.Tests;

/// <summary>SIGKILL after a step was done and before it is recorded.</summary>
public sealed class KilledBeforeTheRecordTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_kill_between_a_step_and_its_record_repeats_it_without_another_reboot()
    {
        var fleet = await Fleet.Create(fixture, 2);
        var host = fleet.Hosts[0];

        await Refuse(host, RestartedOnce.Steps[0]);
        await fleet.Start("restart");
        foreach (var (step, next) in RestartedOnce.Steps.Zip([.. RestartedOnce.Steps[1..], null]))
        {
            await Eventually.True(() => Server.Output.Contains(Refusal($"{host.Address} {step}"), StringComparison.Ordinal),
                $"{step} is done and cannot be recorded");
            Assert.Equal($"started {step}", (await fleet.TurnHistory(host))[^1].Split(" in boot ")[0]);
            await Server.Kill();
            await Refuse(host, next);
            await Server.Start();
        }

        await RestartedOnce.Assert(fleet, await fleet.WaitForEnd());
    }

    [Fact]
    public async Task A_kill_before_a_lingering_host_goes_down_tells_it_twice_and_reboots_it_once()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        using var shutdown = host.HoldShutdown();

        await Refuse(host, "reboot");
        await fleet.Start("restart");
        await Eventually.True(
            () => Server.Output.Contains(Refusal($"{host.Address} reboot"), StringComparison.Ordinal), "the reboot cannot be recorded");
        await Server.Kill();
        await Refuse(host, null);
        await Server.Start();
        await Eventually.True(() => Reboots(host).Count == 2, "the host is told a second time");
        shutdown.Dispose();
        var over = await fleet.WaitForEnd();

        await RestartedOnce.Assert(fleet, over);
        Assert.Equal(2, Reboots(host).Count);
        Assert.All(Reboots(host), command => Assert.NotEqual(host.BootId, command.Boot));
    }

    [Theory]
    [InlineData("run/host-began/1")]
    [InlineData("host/turn-began/1")]
    [InlineData("host/turn-ended/1")]
    [InlineData("run/host-ended/1")]
    [InlineData("host/turn-acknowledged/1")]
    [InlineData("run/finished/1")]
    [InlineData("cluster/run-ended/1")]
    public async Task A_kill_between_two_that_must_agree_leaves_neither_waiting(string manifest)
    {
        var fleet = await Fleet.Create(fixture, 1);

        await Write(
            $"CREATE TRIGGER refusal BEFORE INSERT ON journal WHEN NEW.manifest = '{manifest}' "
            + $"BEGIN SELECT RAISE(ABORT, '{Refusal(manifest)}'); END");
        var answer = Server.Put($"{fleet.Path}/restart");
        await Eventually.True(() => Server.Output.Contains(Refusal(manifest), StringComparison.Ordinal), $"{manifest} cannot be recorded");
        await Server.Kill();
        await Record.ExceptionAsync(() => answer);
        await Write("DROP TRIGGER refusal");
        await Server.Start();

        await Eventually.Matches(() => Server.Get($"{fleet.Path}/operations/1"), seen => seen.Code == 200, "the run has begun");
        await RestartedOnce.Assert(fleet, await fleet.WaitForEnd());
        (await Eventually.Matches(() => Server.Delete(fleet.Path), deleted => deleted.Code != 409, "the cluster is free again")).Ok();
    }

    private static IReadOnlyList<LabCommand> Reboots(LabHost host) =>
        [.. host.Commands.Where(command => command.ToString() == "systemctl reboot")];

    private static string Refusal(string what) => $"the disk has no room for the end of {what}";

    // The journal rejects the record, as on a full disk, after the step was done.
    private async Task Refuse(LabHost host, string? step)
    {
        await Write("DROP TRIGGER IF EXISTS refusal");
        if (step is not null)
        {
            await Write($"""
                CREATE TRIGGER refusal BEFORE INSERT ON journal
                WHEN NEW.persistence_id = 'host-{host.Address}' AND NEW.manifest = 'host/turn-step-finished/1'
                  AND instr(CAST(NEW.message AS TEXT), '"step":"{step}"') > 0
                BEGIN SELECT RAISE(ABORT, '{Refusal($"{host.Address} {step}")}'); END
                """);
        }
    }

    private async Task Write(string sql)
    {
        await using var database = new SqliteConnection(
            $"Data Source={Path.Combine(Server.DataDirectory, "commissaire.db")};Pooling=False;Default Timeout=300");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
#pragma warning disable CA2100 // built from constants
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
