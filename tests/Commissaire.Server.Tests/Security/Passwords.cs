using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Security;

public sealed class Passwords : IDisposable
{
    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1");

    private readonly Dictionary<string, ImmutableArray<string>> _users = new()
    {
        ["a"] = [BCrypt.Net.BCrypt.HashPassword("a", 4)],
        ["slow"] = [BCrypt.Net.BCrypt.HashPassword("b", 5)],
        ["twice"] = [BCrypt.Net.BCrypt.HashPassword("c", 4), BCrypt.Net.BCrypt.HashPassword("d", 4)],
        ["broken"] = ["no hash"],
    };

    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<string> _verified = new();
    private readonly CapturedLog _log = new();
    private readonly ServiceProvider _services;
    private readonly PasswordVerifier _passwords;

    public Passwords()
    {
        _services = new ServiceCollection()
            .AddMetrics().AddLogging(l => l.AddProvider(_log)).AddSingleton<Metrics>().AddSingleton<LoginLog>()
            .AddSingleton(_ => new LoginLimits(failures: 10, window: TimeSpan.FromDays(1))).AddSingleton<TimeProvider>(_clock)
            .BuildServiceProvider();
        _passwords = Verifier();
    }

    public void Dispose()
    {
        _services.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_password_is_verified_once_a_minute()
    {
        Assert.Equal("a", await User("a:a"));
        Assert.Equal("a", await User("a:a"));
        Assert.Single(_verified);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("a", await User("a:a"));
        Assert.Equal(2, _verified.Count);
    }

    [Fact]
    public async Task A_wrong_password_does_not_affect_the_right_one()
    {
        Assert.Null(await User("a:b"));
        Assert.Null(await User("a:b"));
        Assert.Equal("a", await User("a:a"));
        Assert.Null(await User("a:b"));
    }

    [Theory]
    [InlineData("nobody:a")]
    [InlineData("broken:a")]
    [InlineData("broken:no hash")]
    [InlineData("A:a")]
    [InlineData(":a")]
    [InlineData("a:")]
    [InlineData("a:a:a")]
    public async Task Other_credentials_are_rejected(string credentials) => Assert.Null(await User(credentials));

    [Fact]
    public async Task Each_hash_of_a_user_counts()
    {
        Assert.Equal("twice", await User("twice:c"));
        Assert.Equal("twice", await User("twice:d"));
        Assert.Null(await User("twice:a"));
    }

    [Fact]
    public async Task A_password_beyond_72_bytes_is_refused_although_bcrypt_would_take_its_beginning()
    {
        var longest = new string('p', 72);
        _users["long"] = [BCrypt.Net.BCrypt.HashPassword(longest, 4)];
        var passwords = Verifier();
        Assert.IsType<LoginResult.Proven>(await Login(passwords, $"long:{longest}"));
        foreach (var password in new[] { longest + "p", new string('p', 70) + "ö€" })
        {
            var refused = Assert.IsType<LoginResult.Refused>(await Login(passwords, $"long:{password}"));
            Assert.Equal(403, refused.Status);
            Assert.Contains("72 bytes", refused.Detail);
        }
    }

    // A login takes as long as the costs of the hashes that are verified.
    [Fact]
    public async Task An_unknown_user_costs_what_a_known_one_costs()
    {
        using var limits = new LoginLimits(failures: 1000);
        var passwords = Verifier(limits);
        async Task<string> CostsOf(string user, string password)
        {
            _verified.Clear();
            Assert.Equal(LoginResult.None, await Login(passwords, $"{user}:{password}"));
            return string.Join(' ', _verified.Select(h => BcryptDecoys.CostOf(h)));
        }

        var known = new HashSet<string>();
        foreach (var user in _users.Keys)
        {
            known.Add(await CostsOf(user, "x"));
        }

        var unknown = new HashSet<string>();
        foreach (var user in Enumerable.Range(0, 100).Select(i => $"nobody-{i}"))
        {
            var costs = await CostsOf(user, "x");
            Assert.Equal(costs, await CostsOf(user, "y"));
            unknown.Add(costs);
        }

        Assert.Equal(["12", "4", "4 4", "5"], known.Order());
        Assert.Equal(known.Order(), unknown.Order());
    }

    [Fact]
    public async Task Each_configured_plugin_has_its_own_users()
    {
        static JsonObject Plugin(string user) => new()
        {
            ["name"] = "commissaire_http.authentication.httpbasicauth",
            ["users"] = new JsonObject { [user] = new JsonObject { ["hash"] = BCrypt.Net.BCrypt.HashPassword(user, 4) } },
        };
        await using var server = await RunningServer.Start(
            RunningServer.NewDataDirectory(),
            new ScriptedShell(),
            new JsonObject { ["authentication_plugins"] = new JsonArray(Plugin("b"), Plugin("c")) });
        foreach (var (credentials, status) in new[] { ("b:b", 200), ("c:c", 200), ("a:a", 403), ("b:c", 403) })
        {
            var authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
            Assert.Equal(status, (int)(await server.Send("GET /clusters", null, authorization)).Status);
        }
    }

    private PasswordVerifier Verifier(LoginLimits? limits = null) => new(
        _users, limits ?? _services.GetRequiredService<LoginLimits>(), _services.GetRequiredService<LoginLog>(), _clock,
        (password, hash) =>
        {
            _verified.Enqueue(hash);
            return BcryptDecoys.CostOf(hash) < 12 && BCrypt.Net.BCrypt.Verify(password, hash);
        });

    private async ValueTask<string?> User(string credentials) => (await Login(_passwords, credentials) as LoginResult.Proven)?.User;

    private static ValueTask<LoginResult> Login(PasswordVerifier passwords, string credentials) => passwords.Authenticate(
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)), Here, CancellationToken.None);
}
