using System.Text.RegularExpressions;
using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Databases;

namespace Commissaire.Cluster.Tests;

/// <summary>Processes with one database form one cluster.</summary>
public sealed partial class FormingTests(Installation installation) : IClassFixture<Installation>
{
    private const int Times = 20;

    [Fact]
    public async Task Three_started_at_once_on_an_empty_database_are_always_one_cluster()
    {
        for (var time = 0; time < Times; time++)
        {
            await installation.StartNew(3);
            await installation.WaitForAllMembers();
            Assert.Equal(1L, await PrivatePostgres.Execute(installation.Database, "SELECT count(*) FROM process WHERE founder"));
        }
    }

    [Fact]
    public async Task Three_started_at_once_on_an_empty_data_directory_make_one_key_file_and_one_first_user()
    {
        await installation.StartNew(0);
        var shared = Directory.CreateTempSubdirectory("commissaire-shared-");
        Acceptance.Tests.Server[] servers = [.. Enumerable.Range(0, 3).Select(_ => installation.NewIn(shared.FullName))];
        try
        {
            await Task.WhenAll(servers.Select(s => s.Start()));

            var password = Assert.Single(servers.SelectMany(s => FirstPassword().Matches(s.Output))).Groups[1].Value;
            foreach (var server in servers)
            {
                server.LogIn("admin", password);
                await Eventually.Matches(
                    () => server.Get("/processes"), seen => seen.Json.GetArrayLength() == 3, "three processes are there");
            }

            Assert.Equal(["secret.keys", "users.json"], shared.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            await Task.WhenAll(servers.Select(s => s.DisposeAsync().AsTask()));
            shared.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task One_that_comes_later_joins_and_one_that_is_told_to_stop_leaves_at_once()
    {
        await installation.StartNew(1);
        await using var late = installation.New();
        await late.Start();
        await Eventually.Matches(() => late.Get("/processes"), seen => seen.Json.GetArrayLength() == 2, "two processes are there");
        (await late.Put("/cluster/from-the-second")).Ok();
        Assert.Equal(200, (await installation.Server.Get("/cluster/from-the-second")).Code);

        var (exitCode, _) = await late.Terminate();

        Assert.Equal(0, exitCode);
        await Eventually.Matches(
            () => installation.Server.Get("/processes"), seen => seen.Json.GetArrayLength() == 1, "one process is left");
        (await installation.Server.Put("/cluster/from-the-second")).Ok();
    }

    [Fact]
    public async Task One_with_another_key_file_is_refused()
    {
        await installation.StartNew(1);
        await using var stranger = installation.New("""{"keys": [{"id": "k1", "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}""");

        var (exitCode, _, error) = await stranger.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains("does not contain the key of this installation", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=none", "database: cannot use")]
    [InlineData("nonsense", "expected a connection string")]
    [InlineData("Hots=db", "expected a connection string")]
    [InlineData("Host=127.0.0.1;Password=secret", "--database: contains a password")]
    public async Task A_database_that_cannot_be_used_is_refused_with_words(string database, string says)
    {
        await using var server = new Acceptance.Tests.Server("--database", database);

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [GeneratedRegex("Log in as user 'admin' with password '([0-9a-f]+)'")]
    private static partial Regex FirstPassword();
}
