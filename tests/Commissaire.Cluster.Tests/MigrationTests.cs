using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Databases;
using Microsoft.Data.Sqlite;

namespace Commissaire.Cluster.Tests;

/// <summary>An installation migrates from SQLite to PostgreSQL.</summary>
public sealed class MigrationTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task All_that_one_process_knew_is_known_to_several_and_its_run_goes_on()
    {
        await installation.StartNew(0);
        await using var old = new Acceptance.Tests.Server();
        await old.Start();
        installation.UseServer(old);
        var fleet = await Fleet.Create(installation, 2);
        using var away = fleet.Hosts[0].HoldReboot();
        await fleet.Start("restart");
        await fleet.WaitForStep(fleet.Hosts[0], "wait-for-reboot");
        await old.Kill();
        away.Dispose();

        var (exitCode, output, error) = await Migrate(old, installation.Database);
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("Moved ", output, StringComparison.Ordinal);
        var keys = await File.ReadAllTextAsync(Path.Combine(old.DataDirectory, "secret.keys"));
        await using var first = installation.New(keys);
        await using var second = installation.New(keys);
        await Task.WhenAll(first.Start(), second.Start());
        installation.UseServer(second);
        var over = await Eventually.Matches(
            () => Installation.TryGet(second, $"{fleet.Path}/operations/1"), seen =>
                seen.Code == 200 && seen["status"] != "in_process", "the run is over");

        Assert.Equal(("finished", "2 of 2 hosts done"), (over["status"], over["reason"]));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(fleet.Addresses.Order(StringComparer.Ordinal), (await second.Get("/hosts")).Ok().Json.EnumerateArray()
            .Select(h => h.GetProperty("address").ToString()));
        Assert.Equal(installation.Lab.PrivateKeyBase64, (await first.Get($"/host/{fleet.Addresses[0]}/creds")).Ok()["ssh_priv_key"]);
        Assert.Equal("registered", (await installation.History(fleet.Hosts[0]))[0]);
    }

    [Fact]
    public async Task A_moved_installation_is_neither_started_nor_moved_again()
    {
        await installation.StartNew(0);
        await using var old = await Stopped();
        Assert.Equal(0, (await Migrate(old, installation.Database)).ExitCode);

        var (started, _, refusal) = await old.RunToEnd();
        var (again, _, why) = await Migrate(old, await installation.Postgres.Database());
        await using var stranger = installation.New();
        var (strange, _, notItsKey) = await stranger.RunToEnd();

        Assert.Equal((2, 2, 2), (started, again, strange));
        Assert.Contains("was moved to database", refusal, StringComparison.Ordinal);
        Assert.Contains("was moved to database", why, StringComparison.Ordinal);
        Assert.Contains("does not contain the key of this installation", notItsKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_that_was_cut_off_before_it_was_noted_is_noted_by_the_next_one()
    {
        await installation.StartNew(0);
        await using var old = await Stopped();
        var copy = Path.Combine(Path.GetDirectoryName(old.WriteFile("there", ""))!, "copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(old.DataDirectory, "*.db"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var (first, _, _) = await Acceptance.Tests.Server.Run(
            "migrate", "--from", Path.Combine(copy, "commissaire.db"), "--to", installation.Database);
        var (second, _, error) = await Migrate(old, installation.Database);

        Assert.Equal(0, first);
        Assert.True(second == 0, error);
        Assert.Equal(2, (await old.RunToEnd()).ExitCode);
    }

    [Fact]
    public async Task A_database_that_is_used_is_left_as_it_is()
    {
        await installation.StartNew(1);
        (await installation.Server.Put("/cluster/here")).Ok();
        await using var old = await Stopped();

        var (exitCode, _, error) = await Migrate(old, installation.Database);

        Assert.True(exitCode == 2, error);
        Assert.Contains("is not empty", error, StringComparison.Ordinal);
        Assert.Equal(["here"], (await installation.Server.Get("/clusters")).Names);
        await old.Start();
        Assert.Equal(200, (await old.Get("/cluster/there")).Code);
    }

    [Fact]
    public async Task A_database_with_another_key_in_use_gets_nothing()
    {
        await installation.StartNew(1);
        await installation.Servers[0].Terminate();
        await using var old = await Stopped();

        var (exitCode, _, error) = await Migrate(old, installation.Database);

        Assert.True(exitCode == 2, error);
        Assert.True(error.Contains("does not contain the key of this installation", StringComparison.Ordinal), error);
        await LeftAlone(old);
    }

    [Fact]
    public async Task What_fails_in_the_middle_of_it_leaves_both_as_they_were()
    {
        await installation.StartNew(0);
        await using var old = await Stopped();
        using (var file = new SqliteConnection($"Data Source={Path.Combine(old.DataDirectory, "commissaire.db")};Pooling=False"))
        {
            // SQLite accepts this text, PostgreSQL rejects it.
            await file.OpenAsync();
            await using var command = file.CreateCommand();
            command.CommandText = "INSERT INTO directory (kind, id, sequence) VALUES ('host', 'a' || char(0), 1)";
            await command.ExecuteNonQueryAsync();
        }

        var (exitCode, _, error) = await Migrate(old, installation.Database);

        Assert.True(exitCode == 2, error);
        Assert.Contains("is unchanged", error, StringComparison.Ordinal);
        await LeftAlone(old);
    }

    [Fact]
    public async Task A_server_that_runs_is_not_moved()
    {
        await installation.StartNew(0);
        await using var old = new Acceptance.Tests.Server();
        await old.Start();

        var (exitCode, _, error) = await Migrate(old, installation.Database);

        Assert.True(exitCode == 2, error);
        Assert.Contains("Stop the server first", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'/nowhere/commissaire.db' does not exist", "--from", "/nowhere/commissaire.db", "--to", "Host=127.0.0.1")]
    [InlineData("is not a Commissaire database", "--from", "{text}", "--to", "Host=127.0.0.1")]
    [InlineData("--to: is missing", "--from", "{text}")]
    [InlineData("--to: contains a password", "--from", "{text}", "--to", "Host=127.0.0.1;pwd=secret")]
    [InlineData("database: cannot use", "--from", "{database}", "--to", "Host=127.0.0.1;Port=1")]
    [InlineData("expected a connection string", "--from", "{database}", "--to", "nonsense")]
    public async Task What_cannot_be_moved_is_refused_with_words(string says, params string[] arguments)
    {
        await using var old = await Stopped();
        var text = old.WriteFile("text.db", "this is no database, however long one looks at it");
        var database = Path.Combine(old.DataDirectory, "commissaire.db");

        var (exitCode, _,
            error) = await Acceptance.Tests.Server.Run(["migrate",
            .. arguments.Select(
            a => a.Replace("{text}", text, StringComparison.Ordinal).Replace("{database}", database, StringComparison.Ordinal))]);

        Assert.True(exitCode == 2, error);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        await old.Start();
    }

    private async Task LeftAlone(Acceptance.Tests.Server old)
    {
        // A server that was ready there has checked that it can write.
        Assert.Equal(0L, await PrivatePostgres.Execute(installation.Database,
            "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM secret) "
            + "+ (SELECT count(*) FROM directory WHERE kind <> 'write-check')"));
        await old.Start();
        Assert.Equal(200, (await old.Get("/cluster/there")).Code);
    }

    private static async Task<Acceptance.Tests.Server> Stopped()
    {
        var server = new Acceptance.Tests.Server();
        await server.Start();
        (await server.Put("/cluster/there")).Ok();
        await server.Terminate();
        return server;
    }

    private static Task<(int ExitCode, string Output, string Error)> Migrate(Acceptance.Tests.Server old, string database) =>
        Acceptance.Tests.Server.Run("migrate", "--from", Path.Combine(old.DataDirectory, "commissaire.db"), "--to", database);
}
