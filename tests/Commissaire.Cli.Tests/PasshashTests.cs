namespace Commissaire.Cli.Tests;

public sealed class PasshashTests : IDisposable
{
    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    public async Task A_newline_at_the_end_of_a_file_is_not_part_of_the_password(string content)
    {
        commctl.Input = content;
        var ofFile = await commctl.Run("passhash", "-r", "4", "-f", commctl.File("p", content));
        var ofInput = await commctl.Run("passhash -r 4 --file -");

        Assert.All((Commctl.Ran[])[ofFile, ofInput], ran => Assert.True(Fits("secret", ran)));
    }

    [Fact]
    public async Task It_is_asked_for()
    {
        commctl.Typed = "typed";

        var ran = await commctl.Run("passhash --rounds 5");

        Assert.Equal(["Password: "], commctl.Prompts);
        Assert.StartsWith("$2a$05$", ran.Output, StringComparison.Ordinal);
        Assert.True(Fits("typed", ran));
    }

    [Fact]
    public async Task Twelve_rounds_are_the_default()
    {
        var ran = await commctl.Run("passhash -p bad_idea");

        Assert.Matches(@"\A\$2a\$12\$[./A-Za-z0-9]{53}\n\z", ran.Output);
        Assert.True(Fits("bad_idea", ran));
    }

    [Fact]
    public async Task What_bcrypt_would_cut_off_is_refused()
    {
        var ran = await commctl.Run("passhash", "-p", new string('x', 73));

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.Contains("72 bytes", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_a_file_is_asked_for()
    {
        Assert.Equal((2, "", "commctl passhash: error: No password, and no terminal to ask at: give --file.\n"), await commctl.Run("passhash") is var ran ? (ran.Code, ran.Output, ran.Error) : default);
    }

    private static bool Fits(string password, Commctl.Ran ran) => BCrypt.Net.BCrypt.Verify(password, ran.Output.TrimEnd('\n'));
}
