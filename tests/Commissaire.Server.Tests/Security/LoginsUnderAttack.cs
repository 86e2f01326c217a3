using System.Collections.Immutable;
using System.Net;
using System.Text;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Security;

/// <summary>Strangers who try passwords neither get in nor keep users out.</summary>
public sealed class LoginsUnderAttack : IDisposable
{
    private const int Failures = 5;

    private readonly Dictionary<string, ImmutableArray<string>> _users =
        Enumerable.Range(0, 50).Select(i => $"u{i}").Append("admin").ToDictionary(u => u, _ => ImmutableArray.Create(Hash));

    private readonly FakeTimeProvider _clock = new();
    private readonly CapturedLog _log = new();
    private readonly LoginLimits _limits = new(Failures, TimeSpan.FromDays(1));
    private readonly ServiceProvider _services;
    private readonly PasswordVerifier _passwords;
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private int _verified;

    public LoginsUnderAttack()
    {
        _services = new ServiceCollection()
            .AddMetrics().AddLogging(l => l.AddProvider(_log)).AddSingleton<Metrics>().AddSingleton<LoginLog>()
            .AddSingleton<TimeProvider>(_clock).BuildServiceProvider();
        _passwords = new PasswordVerifier(_users, _limits, _services.GetRequiredService<LoginLog>(), _clock, (password, _) =>
        {
            Interlocked.Increment(ref _verified);
            _open.Wait();
            return password == "right";
        });
    }

    private static string Hash { get; } = BCrypt.Net.BCrypt.HashPassword("x", 4);

    public void Dispose()
    {
        _open.Dispose();
        _limits.Dispose();
        _services.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Failures_of_one_address_are_limited_whatever_the_names()
    {
        var results = await Attempts(20, i => ($"random-{i}", $"p{i}", "10.0.0.1"));
        Assert.Equal((Failures, 15), Count(results));
        Assert.Equal(Failures, _verified);
        Assert.All(
            results.OfType<LoginResult.Refused>(), r => Assert.True(r is { Status: 429, RetryAfter: { } pause } && pause > TimeSpan.Zero));

        // Another address is not affected, nor are the other users of the first one who were there before.
        Assert.IsType<LoginResult.Proven>(await Login("u1", "right", "10.0.0.2"));
    }

    [Fact]
    public async Task Guesses_of_one_name_are_limited_whatever_the_addresses()
    {
        var results = await Attempts(20, i => ("admin", $"p{i}", $"10.0.{i}.1"));
        Assert.Equal((Failures, 15), Count(results));
        Assert.IsType<LoginResult.Proven>(await Login("u1", "right", "10.0.1.1"));
    }

    [Fact]
    public async Task The_addresses_of_one_ipv6_network_are_one()
    {
        var results = await Attempts(20, i => ($"random-{i}", "p", $"2001:db8::{i:x}"));
        Assert.Equal((Failures, 15), Count(results));
        Assert.Equal("2001:db8::/64", LoginLimits.AddressOf(IPAddress.Parse("2001:db8::42:1")));
        Assert.Equal("10.0.0.1", LoginLimits.AddressOf(IPAddress.Parse("::ffff:10.0.0.1")));
    }

    [Fact]
    public async Task Right_logins_of_one_address_are_never_limited()
    {
        // A fleet with one password shares a verification, and users with their own passwords use up nothing.
        _open.Reset();
        var fleet = Enumerable.Range(0, 500).Select(_ => Login("admin", "right", "10.0.0.1")).ToList();
        await Eventually.True(() => Volatile.Read(ref _verified) == 1, "the verification has begun");
        _open.Set();
        Assert.All(await Task.WhenAll(fleet), r => Assert.IsType<LoginResult.Proven>(r));
        Assert.Equal(1, _verified);
        for (var i = 0; i < 50; i++)
        {
            Assert.IsType<LoginResult.Proven>(await Login($"u{i}", "right", "10.0.0.1"));
        }
    }

    [Fact]
    public async Task The_same_wrong_password_costs_one_verification()
    {
        var results = await Attempts(100, _ => ("admin", "typo", "10.0.0.1"));
        Assert.Equal((100, 0), Count(results));
        Assert.Equal(1, _verified);
    }

    [Fact]
    public async Task Credentials_that_have_succeeded_pass_the_limits_of_their_name_and_address()
    {
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.1"));
        await Attempts(20, i => ("admin", $"p{i}", $"10.0.{i}.1"));
        await Attempts(20, i => ($"random-{i}", $"p{i}", "10.0.0.1"));
        await Attempts(20, i => ($"random-{i}", $"p{i}", "10.0.0.9"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.1"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.9"));
    }

    [Fact]
    public async Task A_user_at_a_known_address_may_mistype_while_it_is_attacked()
    {
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.1"));
        await Attempts(20, i => ($"random-{i}", $"p{i}", "10.0.0.1"));
        var typos = await Attempts(10, i => ("admin", $"typo-{i}", "10.0.0.1"));
        Assert.Equal((Failures, 5), Count(typos));
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.1"));
    }

    [Fact]
    public async Task Strangers_of_one_address_do_not_fill_the_queue()
    {
        Assert.IsType<LoginResult.Proven>(await Login("admin", "right", "10.0.0.9"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        _open.Reset();
        var strangers = Enumerable.Range(0, 500).Select(i => Login($"random-{i}", $"p{i}", "10.0.0.1")).ToList();
        await Eventually.True(
            () => strangers.Count(s => s.IsCompleted) == 500 - LoginLimits.PendingPerAddress, "all but a few have been refused");
        Assert.All(strangers.Where(s => s.IsCompleted), s => Assert.Equal(429, ((LoginResult.Refused)s.Result).Status));
        var admin = Login("admin", "right", "10.0.0.9");
        var other = Login("u1", "right", "10.0.0.2");
        _open.Set();
        Assert.IsType<LoginResult.Proven>(await admin);
        Assert.IsType<LoginResult.Proven>(await other);
        await Task.WhenAll(strangers);
    }

    [Fact]
    public async Task Failures_are_logged_once_a_burst_and_then_once_a_minute()
    {
        await Attempts(20, i => ("admin", $"p{i}", "10.0.0.1"));
        Assert.Equal(
            ["A login of user 'admin' failed from 10.0.0.1",
             "Too many logins failed: further ones from 10.0.0.1 are answered with 429 for a while"], Lines());
        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await Attempts(10, n => ("admin", $"q{i}.{n}", "10.0.0.1"));
        }

        Assert.Equal(3, Lines().Count);
        Assert.Equal("Within the last minute 0 logins failed, and 35 were answered with 429, the last from 10.0.0.1", Lines()[2]);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Login("a secret typed as a name", "x", "10.0.0.2");
        Assert.Equal("A login of an unknown user failed from 10.0.0.2", Lines()[3]);
    }

    [Fact]
    public async Task A_limited_login_is_a_429_with_the_time_to_retry()
    {
        using var limits = new LoginLimits(Failures, TimeSpan.FromDays(1));
        await using var server = await RunningServer.Start(
            RunningServer.NewDataDirectory(), new ScriptedShell(), services: s => s.AddSingleton(limits));
        await server.Expect("GET /clusters", null, 200);
        static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (var i = 0; i < Failures; i++)
        {
            await server.Expect("GET /clusters", null, 403, authorization: Basic($"random-{i}:x"));
        }

        var limited = await server.Expect("GET /clusters", null, 429, authorization: Basic("random:x"));
        Assert.Contains("Retry later", limited.Detail);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v0/clusters");
        request.Headers.TryAddWithoutValidation("Authorization", Basic("random:y"));
        using var response = await server.Http.SendAsync(request);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);

        // The user who was there before, and the health checks, are not affected.
        await server.Expect("GET /clusters", null, 200);
        Assert.Equal("200 ok", (await server.Send("GET ~/healthz/ready", null, null)).ToString());
        var tooLong = await server.Send("GET /clusters", null, Basic("a:" + new string('a', 73)));
        Assert.Equal(403, (int)tooLong.Status);
        Assert.Contains("72 bytes", tooLong.Detail);
        var metrics = (await server.Send("GET ~/metrics")).Text;
        foreach (var (outcome, count) in new[] { ("succeeded", 1), ("failed", Failures + 1), ("limited", 2) })
        {
            Assert.Matches($$"""commissaire_logins_total\{outcome="{{outcome}}"\} {{count}}\b""", metrics);
        }
    }

    [Fact]
    public async Task Unknown_tokens_start_no_entities_and_are_counted()
    {
        await using var server = await RunningServer.Start(RunningServer.NewDataDirectory(), new ScriptedShell());
        for (var i = 0; i < 100; i++)
        {
            await server.Expect("PUT /host/10.9.0.1", Client.Registration(), 403, authorization: $"Bearer {i:x12}.{i:x64}");
        }

        var metrics = (await server.Send("GET ~/metrics")).Text;
        Assert.Matches("""commissaire_entities\{kind="token"\} 0\b""", metrics);
        Assert.Matches("""commissaire_logins_total\{outcome="failed"\} 100\b""", metrics);
        const string Line = "A login of an unknown enrolment token failed";
        Assert.Single(server.Log.Text.Split('\n'), l => l.Contains(Line, StringComparison.Ordinal));
    }

    private static (int Wrong, int Limited) Count(IReadOnlyCollection<LoginResult> results) =>
        (results.Count(r => r == LoginResult.None), results.OfType<LoginResult.Refused>().Count());

    private async Task<IReadOnlyCollection<LoginResult>> Attempts(int count, Func<int, (string User, string Password, string From)> attempt)
    {
        var results = new List<LoginResult>();
        for (var i = 0; i < count; i++)
        {
            var (user, password, from) = attempt(i);
            results.Add(await Login(user, password, from));
        }

        return results;
    }

    private async Task<LoginResult> Login(string user, string password, string from) => await _passwords.Authenticate(
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), IPAddress.Parse(from), CancellationToken.None);

    private IReadOnlyList<string> Lines()
    {
        const string Level = "Warning: ";
        return [.. _log.Text.Split('\n').Where(l => l.StartsWith(Level, StringComparison.Ordinal)).Select(l => l[Level.Length..].Trim())];
    }
}
