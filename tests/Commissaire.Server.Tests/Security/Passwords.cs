using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Security;

public sealed class Passwords : IDisposable
{
    private readonly Dictionary<string, string> _users = new() { ["a"] = BCrypt.Net.BCrypt.HashPassword("a", 4), ["broken"] = "no hash" };
    private readonly FakeTimeProvider _clock = new();
    private readonly PasswordVerifier _passwords;

    public Passwords() => _passwords = new PasswordVerifier(_users, _clock);

    public void Dispose() => _passwords.Dispose();

    [Fact]
    public async Task A_password_is_verified_once_a_minute()
    {
        Assert.Equal("a", await User("a:a"));
        _users.Remove("a");
        Assert.Equal("a", await User("a:a"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await User("a:a"));
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
    [InlineData("A:a")]
    [InlineData(":a")]
    [InlineData("a:")]
    [InlineData("a:a:a")]
    public async Task Other_credentials_are_rejected(string credentials) => Assert.Null(await User(credentials));

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

    private ValueTask<string?> User(string credentials) =>
        _passwords.Authenticate("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)), CancellationToken.None);
}
