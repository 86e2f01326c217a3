namespace Commissaire.Domain.Tests;

public sealed class ResourceNames
{
    [Theory]
    [InlineData("default")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("my_cluster-2")]
    [InlineData("-")]
    public void A_name_is_letters_digits_dashes_and_underscores(string text)
    {
        Assert.True(ResourceName.TryParse(text, out var name));
        Assert.Equal(text, name.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("١")]
    public void Anything_else_is_not(string? text) => Assert.False(ResourceName.TryParse(text, out _));

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        Assert.True(ResourceName.TryParse(new string('a', 253), out _));
        Assert.False(ResourceName.TryParse(new string('a', 254), out _));
    }

    [Fact]
    public void Case_matters() => Assert.NotEqual(ResourceName.Parse("a"), ResourceName.Parse("A"));

    [Fact]
    public void What_is_not_a_name_is_told_what_one_looks_like() =>
        Assert.Contains(ResourceName.Expectation, Assert.Throws<FormatException>(() => ResourceName.Parse("a b")).Message, StringComparison.Ordinal);
}
