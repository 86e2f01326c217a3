using System.Text;
using Commissaire.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Security;

public sealed class Passwords : IDisposable
{
    private readonly Dictionary<string, string> _users = new() { ["a"] = BCrypt.Net.BCrypt.HashPassword("a", 4), ["broken"] = "no hash" };
    private readonly FakeTimeProvider _clock = new();
    private readonly BasicAuthenticator _basic;

    public Passwords() => _basic = new BasicAuthenticator(_users, _clock);

    public void Dispose() => _basic.Dispose();

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
    public async Task A_wrong_password_is_remembered_as_wrong_for_itself_alone()
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
    public async Task Nobody_else_is_anybody(string credentials) => Assert.Null(await User(credentials));

    private async Task<string?> User(string credentials)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        return await _basic.Authenticate(context);
    }
}
