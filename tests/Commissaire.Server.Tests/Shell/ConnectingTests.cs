using System.Net;
using System.Net.Sockets;
using System.Text;
using Commissaire.Hosts;
using Commissaire.Lab.Hosts;
using Commissaire.Shell;
using Microsoft.Extensions.Time.Testing;
using HostKey = Commissaire.Hosts.HostKey;

namespace Commissaire.Server.Tests.Shell;

/// <summary>Connections to real and other servers: host keys, login attempts, and what the other side said.</summary>
[Trait("Starts", "sshd")]
public sealed class ConnectingTests(LoginFixture fixture) : IClassFixture<LoginFixture>
{
    private static readonly string[] Attempts = ["Accepted publickey", "Failed publickey", "Too many authentication failures"];

    public static TheoryData<string, Type, string> Speeches => new()
    {
        { "", typeof(ShellOutcome.RefusedForNow), "it closed the connection at once" },
        {
            "Exceeded MaxStartups\r\n", typeof(ShellOutcome.RefusedForNow),
            "it closed the connection at once; it said 'Exceeded MaxStartups'"
        },
        {
            "Not allowed at this time\r\n", typeof(ShellOutcome.RefusedForNow),
            "it closed the connection at once; it said 'Not allowed at this time'"
        },
        {
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>", typeof(ShellOutcome.Unreachable),
            "an HTTP server answers there: 'HTTP/1.1 400 Bad Request'"
        },
        { "\u0015\u0003\u0001\u0000\u0002\u0002\u0046", typeof(ShellOutcome.Unreachable), "a TLS server answers there" },
        { "\u00ff\u00fd\u0018login: ", typeof(ShellOutcome.Unreachable), "a telnet server answers there" },
        {
            "220 mail\u001b[31m\r\n", typeof(ShellOutcome.Unreachable),
            "it closed the connection without an SSH identification; it said '220 mail\\x1b[31m'"
        },
    };

    [Theory]
    [MemberData(nameof(Speeches))]
    public async Task What_a_server_says_instead_of_an_identification_is_in_the_reason(string says, Type outcome, string reason)
    {
        await AssertFailure(says, reset: false, outcome, reason);
        await AssertFailure(says, reset: true, outcome, reason);
    }

    [Fact]
    public async Task Long_speeches_are_cut()
    {
        var (_, failure) = await LogIn(new string('x', 1000) + "\r\n", reset: false);
        Assert.Equal($"it closed the connection without an SSH identification; it said '{new string('x', 200)}…'", Reason(failure));
    }

    [Fact]
    public async Task An_sshd_with_too_many_logins_refuses_for_now()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { Sshd = ["MaxStartups 1:100:1"] });
        using var other = new TcpClient();
        await other.ConnectAsync(host.Address, host.Port);
        Assert.NotEqual(0, await other.GetStream().ReadAsync(new byte[100]));

        var (_, failure) = await LoginFixture.LogIn(fixture.Connector(), LoginFixture.Target(host));

        var refused = Assert.IsType<ShellOutcome.RefusedForNow>(failure);
        Assert.Equal("it closed the connection at once; it said 'Exceeded MaxStartups'", refused.Reason);
    }

    [Fact]
    public async Task A_port_without_a_server_belongs_to_a_running_machine()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = Target((IPEndPoint)listener.LocalEndpoint);
        listener.Stop();

        var (_, failure) = await LoginFixture.LogIn(fixture.Connector(), target);

        Assert.True(Assert.IsType<ShellOutcome.Unreachable>(failure).IsRunning);
    }

    [Theory]
    [InlineData(HostKeyType.Ed25519)]
    [InlineData(HostKeyType.Ecdsa)]
    [InlineData(HostKeyType.Ecdsa384)]
    [InlineData(HostKeyType.Ecdsa521)]
    [InlineData(HostKeyType.Rsa)]
    public async Task A_host_key_of_each_type_is_recognised_by_its_fingerprint(HostKeyType type)
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });
        Assert.True(HostKey.TryParse(host.HostKey.Fingerprint, out var fingerprint));
        Assert.True(HostKey.TryParse(host.HostKey.PublicKey, out var line));

        Assert.Equal(line, (await LoginFixture.LogIn(fixture.Connector(), LoginFixture.Target(host, fingerprint))).Key);
        Assert.Equal(line, (await LoginFixture.LogIn(fixture.Connector(), LoginFixture.Target(host, line))).Key);
        Assert.Equal(line, (await LoginFixture.LogIn(fixture.Connector(), LoginFixture.Target(host))).Key);

        var other = new HostKey("", fixture.Host.HostKey.Fingerprint);
        var (_, failure) = await LoginFixture.LogIn(fixture.Connector(), LoginFixture.Target(host, other));
        Assert.Equal(line, Assert.IsType<ShellOutcome.HostKeyChanged>(failure).Offered);
    }

    [Fact]
    public async Task An_RSA_key_logs_in_at_the_first_attempt()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { Sshd = ["MaxAuthTries 1"] });
        using var rsa = Rsa(host);

        Assert.Null((await LoginFixture.LogIn(LoginFixture.Connector(rsa.Bytes), LoginFixture.Target(host))).Failure);

        await Logged(host, ["Accepted publickey"]);
    }

    [Fact]
    public async Task A_refused_key_is_offered_once_in_a_connection()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { Sshd = ["MaxAuthTries 1"] });
        using var stranger = new KeyForms();
        stranger.Make("rsa 2048");

        var (_, failure) = await LoginFixture.LogIn(LoginFixture.Connector(stranger.Bytes), LoginFixture.Target(host));

        Assert.IsType<ShellOutcome.AuthenticationFailed>(failure);
        await Logged(host, ["Failed publickey"]);
    }

    [Theory]
    [InlineData("rsa-sha2-512", 1)]
    [InlineData("rsa-sha2-256", 2)]
    public async Task An_RSA_key_uses_the_other_algorithm_after_a_refusal(string accepted, int connections)
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { Sshd = ["MaxAuthTries 1", $"PubkeyAcceptedAlgorithms {accepted}"] });
        using var rsa = Rsa(host);
        var connector = LoginFixture.Connector(rsa.Bytes);
        for (var refused = 1; refused < connections; refused++)
        {
            Assert.IsType<ShellOutcome.AuthenticationFailed>((await LoginFixture.LogIn(connector, LoginFixture.Target(host))).Failure);
        }

        Assert.Null((await LoginFixture.LogIn(connector, LoginFixture.Target(host))).Failure);
        Assert.Null((await LoginFixture.LogIn(connector, LoginFixture.Target(host))).Failure);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_5.3", "ssh-rsa")]
    [InlineData("SSH-2.0-OpenSSH_7.1p2 Debian", "ssh-rsa")]
    [InlineData("SSH-2.0-OpenSSH_7.2", "rsa-sha2-512")]
    [InlineData("SSH-2.0-OpenSSH_10.0", "rsa-sha2-512")]
    [InlineData("SSH-2.0-OpenSSH_for_Windows_9.5", "rsa-sha2-512")]
    [InlineData("SSH-2.0-dropbear_2022.83", "rsa-sha2-256")]
    [InlineData(null, "rsa-sha2-512")]
    public void The_algorithm_of_an_RSA_key_depends_on_the_server(string? version, string algorithm) =>
        Assert.Equal(algorithm, new RsaAlgorithms().For(LoginFixture.Target(fixture.Host), version));

    [Fact]
    public async Task A_database_that_does_not_answer_is_no_failure_of_the_host()
    {
        var clock = new FakeTimeProvider();
        var connector = new SshConnector((_, ct) => new TaskCompletionSource<byte[]?>().Task.WaitAsync(ct), clock);
        var deadlineStarted = false;
        var attempt = connector.Connect(LoginFixture.Target(fixture.Host), () => deadlineStarted = true, CancellationToken.None);

        clock.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<TimeoutException>(() => attempt);
        Assert.False(deadlineStarted);
    }

    private static KeyForms Rsa(LabHost host)
    {
        var rsa = new KeyForms();
        rsa.Make("rsa 2048");
        LoginFixture.Authorize(host, rsa.PublicKey);
        return rsa;
    }

    // sshd logs a connection in several processes.
    private static async Task Logged(LabHost host, string[] expected)
    {
        string[] Found() =>
            [.. host.SshdLog.Split('\n').SelectMany(line => Attempts.Where(a => line.Contains(a, StringComparison.Ordinal))).Distinct()];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!host.SshdLog.Contains(expected[0], StringComparison.Ordinal))
        {
            await Task.Delay(50, patience.Token);
        }

        Assert.All(expected, attempt => Assert.Equal(1, host.SshdLog.Split(attempt).Length - 1));
        Assert.DoesNotContain("Failed publickey", Found().Except(expected));
    }

    private async Task AssertFailure(string says, bool reset, Type outcome, string reason)
    {
        var (connections, failure) = await LogIn(says, reset);
        Assert.IsType(outcome, failure);
        Assert.Equal(reason, Reason(failure));
        Assert.Equal(1, connections);
    }

    private static string? Reason(ShellOutcome? failure) => failure switch
    {
        ShellOutcome.RefusedForNow r => r.Reason,
        ShellOutcome.Unreachable u => u.Reason,
        _ => $"{failure}",
    };

    private static RemoteTarget Target(IPEndPoint at) => new(HostAddress.Parse($"{at.Address}"), at.Port, "root", "secret", null);

    // Connects to a server that says something and closes the connection.
    private async Task<(int Connections, ShellOutcome? Failure)> LogIn(string says, bool reset)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connections = 0;
        var serving = Serve();
        var (_, failure) = await LoginFixture.LogIn(fixture.Connector(), Target((IPEndPoint)listener.LocalEndpoint));
        listener.Stop();
        await serving;
        return (connections, failure);

        async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptSocketAsync();
                    connections++;
                    if (!reset)
                    {
                        // The client's identification is read: data that nobody read would reset the connection.
                        await client.ReceiveAsync(new byte[1000]);
                    }

                    await client.SendAsync(Encoding.Latin1.GetBytes(says));
                }
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                // The listener was stopped.
            }
        }
    }
}
