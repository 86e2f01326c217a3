using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Starting and stopping the server process.</summary>
public sealed partial class ProcessTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Told_to_stop_with_a_step_and_requests_under_way_it_ends_with_0_and_goes_on_when_started_again()
    {
        var host = await fixture.AddHost();
        host.Script("dnf", new Behaviour { When = "install -y docker", Times = 1, Hangs = true });
        await fixture.Register(host);
        await Eventually.True(() => ServerFixture.Commands(host).Contains("dnf install -y docker"), "a step is under way");
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(client => Ask(client, stop.Token)).ToList();
        await Eventually.True(() => asked > 20, "requests are in flight");

        var (exitCode, idle) = await fixture.Server.Terminate();
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal(0, exitCode);
        Assert.InRange(idle, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await fixture.Server.Start();
        await fixture.WaitFor(host, "disassociated");
        Assert.Equal(["dnf install -y flannel", "dnf install -y docker", "dnf install -y docker"], ServerFixture.Commands(host).Take(3));
    }

    [Fact]
    public async Task A_data_directory_serves_one_process()
    {
        await using var server = new Server();
        await server.Start();

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"commissaire-server: data_dir: cannot use '{server.DataDirectory}': ", OneLine(error),
            StringComparison.Ordinal);
        (await server.Get("/clusters")).Ok();
    }

    [Fact]
    public async Task A_port_that_is_taken_and_an_address_of_another_machine_are_named()
    {
        await using var server = new Server();
        using var taken = new TcpListener(IPAddress.Loopback, server.Port);
        taken.Start();
        await using var elsewhere = new Server("--listen-interface", "192.0.2.1");

        foreach (var (refused, message) in new[]
        {
            (server, $"127.0.0.1:{server.Port}: Address already in use."), (
                elsewhere, $"192.0.2.1:{elsewhere.Port}: Cannot assign requested address."),
        })
        {
            var (exitCode, _, error) = await refused.RunToEnd();

            Assert.Equal(2, exitCode);
            Assert.Contains(
                error.Split('\n'), line => line.StartsWith($"commissaire-server: Cannot listen on {message}", StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_its_own_database_it_listens_for_clients_alone()
    {
        await using var server = new Server();
        await server.Start();

        Assert.Equal([server.Port], Ports.Of(server.ProcessId));
    }

    [Fact]
    public async Task Secrets_without_their_key_file_stop_it_with_a_message()
    {
        await using var server = new Server();
        await server.Start();
        (await server.Put(
            "/containermanager/one", new { type = "openshift", options = new { server_url = "https://127.0.0.1:1", token = "t" } })).Ok();
        await server.Kill();
        File.Delete(Path.Combine(server.DataDirectory, "secret.keys"));

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains(
            "secret.keys' is missing, but the database contains secrets encrypted with it", OneLine(error), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(server.DataDirectory, "secret.keys")));
    }

    [Fact]
    public async Task Without_configured_users_the_first_start_says_a_password_and_no_later_one_does()
    {
        await using var server = new Server { HasUsers = false };
        await server.Start();
        var password = Assert.Single(Password().Matches(server.Output)).Groups[1].Value;
        Assert.Equal(403, (await server.Get("/clusters")).Code);
        server.LogIn("admin", password);
        (await server.Get("/clusters")).Ok();

        await server.KillAndStart();

        Assert.Single(Password().Matches(server.Output));
        (await server.Get("/clusters")).Ok();
        Assert.DoesNotContain(
            password, await File.ReadAllTextAsync(Path.Combine(server.DataDirectory, "users.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "--listen-port")]
    [InlineData("--version", "1.0.0")]
    public async Task Questions_are_answered_and_that_is_success(string question, string answer)
    {
        var (exitCode, output, error) = await Server.Run(question);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(answer, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p", "eight", "listen_port: expected a number from 0 to 65535, got 'eight'.")]
    [InlineData("-p", "70000", "listen_port: expected a number from 0 to 65535, got '70000'.")]
    [InlineData("-i", "nowhere", "listen_interface: expected an IP address, got 'nowhere'.")]
    [InlineData("--tls-pemfile", "/none", "tls_pemfile: cannot read '/none': ")]
    [InlineData("--authentication-plugin", "magic",
        "Authentication plug-in 'magic' is not supported. Supported are httpbasicauth and httpauthclientcert.")]
    public async Task A_wrong_value_is_named_in_one_line(string option, string value, string message)
    {
        var directory = Directory.CreateTempSubdirectory("commissaire-wrong-");

        var (exitCode, _, error) = await Server.Run("--no-config-file", "--data-dir", directory.FullName, option, value);

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"commissaire-server: {message}", OneLine(error), StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    private static string OneLine(string error) => Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("Log in as user 'admin' with password '([0-9a-f]{24})'")]
    private static partial Regex Password();

    private int asked;

    private async Task Ask(int client, CancellationToken ct)
    {
        try
        {
            for (var i = 0; !ct.IsCancellationRequested; i++)
            {
                await fixture.Server.Put(string.Create(CultureInfo.InvariantCulture, $"/network/n{client}-{i}"));
                Interlocked.Increment(ref asked);
            }
        }
        catch (HttpRequestException)
        {
            // The server has stopped.
        }
    }
}
