namespace Commissaire.Domain.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("server-url", "server_url")]
    [InlineData("Server_URL", "server_url")]
    [InlineData("tokne", "token")]
    [InlineData("cs", "ca")]
    [InlineData("certificate", "certificate_path")]
    [InlineData("password", null)]
    [InlineData("", null)]
    public void A_similar_name_is_found(string text, string? expected) =>
        Assert.Equal(expected, NearestName.Of(text, ["ca", "server_url", "token", "certificate_path"]));

    [Fact]
    public void A_long_text_is_not_compared() => Assert.Null(NearestName.Of(new string('a', 1_000_000), ["ca"]));

    [Fact]
    public void Nothing_is_similar_to_nothing() => Assert.Null(NearestName.Of("ca", []));
}
