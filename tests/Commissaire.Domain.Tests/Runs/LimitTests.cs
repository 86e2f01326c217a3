using Commissaire.Runs;

namespace Commissaire.Domain.Tests.Runs;

public sealed class LimitTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("10000")]
    [InlineData("1%")]
    [InlineData("100%")]
    public void A_limit_is_a_count_or_a_percentage(string text) => Assert.Equal(text, Limit.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("0")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("1 %")]
    [InlineData("1%%")]
    [InlineData("99999999999")]
    [InlineData("one")]
    public void Other_texts_are_not_limits(string? text) => Assert.False(Limit.TryParse(text, null, out _));

    [Fact]
    public void The_error_for_an_invalid_limit_names_it() =>
        Assert.Contains("'0%' is not a limit: expected " + Limit.Expectation,
            Assert.Throws<FormatException>(() => Limit.Parse("0%")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_default_limit_is_one() => Assert.Equal("1", Limit.One.ToString());

    [Fact]
    public void A_count_does_not_depend_on_the_number_of_members() =>
        Assert.Equal([3, 3, 3], new[] { 0, 2, 10_000 }.Select(Limit.Parse("3").Of));

    [Fact]
    public void A_percentage_is_rounded_down_and_never_less_than_one()
    {
        for (var percent = 1; percent <= 100; percent++)
        {
            var limit = Limit.Parse($"{percent}%");
            for (var members = 1; members <= 10_000; members++)
            {
                if (limit.Of(members) != Math.Max(1, (int)Math.Floor((decimal)members * percent / 100)))
                {
                    Assert.Fail($"{percent} % of {members} were {limit.Of(members)}");
                }
            }
        }

        Assert.Equal(1, Limit.Parse("50%").Of(0));
        Assert.Equal(int.MaxValue, Limit.Parse("100%").Of(int.MaxValue));
    }

    [Theory]
    [InlineData("blue.1", true)]
    [InlineData("blue.green.7", false)]
    [InlineData("blue.0", false)]
    [InlineData("blue.-1", false)]
    [InlineData("blue.", false)]
    [InlineData("blue", false)]
    [InlineData(".1", false)]
    [InlineData(null, false)]
    public void A_run_id_is_a_cluster_name_and_a_number(string? text, bool valid)
    {
        Assert.Equal(valid, RunId.TryParse(text, null, out var run));
        Assert.True(!valid || run.ToString() == text);
    }
}
