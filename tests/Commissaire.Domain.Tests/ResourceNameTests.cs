namespace Commissaire.Domain.Tests;

public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("my_cluster-2")]
    [InlineData("-")]
    public void A_name_consists_of_letters_digits_dashes_and_underscores(string text)
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
    public void Other_characters_are_rejected(string? text) => Assert.False(ResourceName.TryParse(text, out _));

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        Assert.True(ResourceName.TryParse(new string('a', 253), out _));
        Assert.False(ResourceName.TryParse(new string('a', 254), out _));
    }

    [Fact]
    public void Names_are_case_sensitive() => Assert.NotEqual(ResourceName.Parse("a"), ResourceName.Parse("A"));

    [Fact]
    public void The_error_for_an_invalid_name_describes_a_valid_name() =>
        Assert.Contains(ResourceName.Expectation, Assert.Throws<FormatException>(() => ResourceName.Parse("a b")).Message,
            StringComparison.Ordinal);
}
