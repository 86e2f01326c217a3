namespace Commissaire.Cli.Tests;

/// <summary><c>commctl passhash</c>.</summary>
public sealed class PasshashTests : IDisposable
{
    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    public async Task A_final_newline_in_a_file_is_not_part_of_the_password(string content)
    {
        commctl.Input = content;
        var fromFile = await commctl.Run("passhash", "-r", "4", "-f", commctl.File("p", content));
        var fromInput = await commctl.Run("passhash -r 4 --file -");

        Assert.All((Commctl.CommandResult[])[fromFile, fromInput], result => Assert.True(Matches("secret", result)));
    }

    [Fact]
    public async Task The_password_is_prompted_for()
    {
        commctl.PromptAnswer = "typed";

        var result = await commctl.Run("passhash --rounds 5");

        Assert.Equal(["Password: "], commctl.Prompts);
        Assert.StartsWith("$2a$05$", result.Output, StringComparison.Ordinal);
        Assert.True(Matches("typed", result));
    }

    [Fact]
    public async Task The_default_is_twelve_rounds()
    {
        var result = await commctl.Run("passhash -p bad_idea");

        Assert.Matches(@"\A\$2a\$12\$[./A-Za-z0-9]{53}\n\z", result.Output);
        Assert.True(Matches("bad_idea", result));
    }

    [Fact]
    public async Task A_password_that_bcrypt_would_truncate_is_rejected()
    {
        var result = await commctl.Run("passhash", "-p", new string('x', 73));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("72 bytes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_the_error_names_the_file_option()
    {
        var result = await commctl.Run("passhash");

        const string error = "commctl passhash: error: No password, and no terminal to prompt for it. Use --file.\n";
        Assert.Equal((2, "", error), (result.ExitCode, result.Output, result.Error));
    }

    private static bool Matches(string password, Commctl.CommandResult result) =>
        BCrypt.Net.BCrypt.Verify(password, result.Output.TrimEnd('\n'));
}
