using System.Text.Json;

namespace Commissaire.Domain.Tests;

public sealed class OptionSetTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("{ \"b\" : 1, \"a\" : [ 2, {\"d\":null,\"c\":true} ] }", "{\"a\":[2,{\"c\":true,\"d\":null}],\"b\":1}")]
    [InlineData("{\"a\":\"\\u0041\"}", "{\"a\":\"A\"}")]
    [InlineData("{\"B\":1,\"a\":2}", "{\"B\":1,\"a\":2}")]
    public void Options_have_one_canonical_form(string text, string canonical) => Assert.Equal(canonical, OptionSet.Parse(text).Json);

    [Fact]
    public void Sets_with_the_same_options_are_equal() =>
        Assert.Equal(OptionSet.Parse("""{"a":1,"b":{"c":2,"d":3}}"""), OptionSet.Parse("""{ "b":{"d":3,"c":2}, "a":1 }"""));

    [Fact]
    public void Empty_sets_are_equal()
    {
        Assert.Equal(OptionSet.Empty, OptionSet.Parse("{}"));
        Assert.Equal(OptionSet.Empty.GetHashCode(), OptionSet.Parse("{ }").GetHashCode());
    }

    [Fact]
    public void Sets_with_different_options_are_not_equal() =>
        Assert.NotEqual(OptionSet.Parse("""{"a":1}"""), OptionSet.Parse("""{"a":"1"}"""));

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"a\"")]
    public void Only_a_JSON_object_is_an_option_set(string json) => Assert.Throws<ArgumentException>(() => OptionSet.Parse(json));

    [Fact]
    public void Invalid_JSON_is_rejected() => Assert.ThrowsAny<JsonException>(() => OptionSet.Parse("{"));

    [Theory]
    [InlineData("text", "words")]
    [InlineData("number", "1")]
    [InlineData("truth", "true")]
    [InlineData("list", "[1,2]")]
    [InlineData("nothing", null)]
    [InlineData("absent", null)]
    public void An_option_is_read_as_text(string name, string? value) =>
        Assert.Equal(value, OptionSet.Parse("""{"text":"words","number":1,"truth":true,"list":[1, 2],"nothing":null}""").Text(name));

    [Fact]
    public void Setting_an_option_keeps_the_others_and_the_original_set()
    {
        var before = OptionSet.Parse("""{"b":1,"token":"s3cret"}""");

        var after = before.With("token", "*").With("a", "é\"");

        Assert.Equal("é\"", after.Text("a"));
        Assert.Equal("*", after.Text("token"));
        Assert.Equal("1", after.Text("b"));
        Assert.Equal("s3cret", before.Text("token"));
        Assert.Equal(after, OptionSet.Parse(after.Json));
    }
}
