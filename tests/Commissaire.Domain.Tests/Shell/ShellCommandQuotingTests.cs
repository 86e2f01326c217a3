using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Shell;

public sealed class ShellCommandQuotingTests
{
    [Theory]
    [InlineData("docker", "docker")]
    [InlineData("-y", "-y")]
    [InlineData("/etc/sysconfig/docker", "/etc/sysconfig/docker")]
    [InlineData("a_b@c%d+e:f,g.h/i-j", "a_b@c%d+e:f,g.h/i-j")]
    [InlineData("", "''")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("'", @"''\'''")]
    [InlineData("A=b", "'A=b'")]
    [InlineData("~", "'~'")]
    [InlineData("é", "'é'")]
    [InlineData("a\n", "'a\n'")]
    public void A_word_with_special_characters_is_quoted(string word, string quoted) =>
        Assert.Equal($"echo {quoted}", ShellCommand.Of("echo", word).ToString());

    [Fact]
    public void A_shell_reads_every_character_unchanged()
    {
        var characters = Enumerable.Range(1, 0x7e).Append(0xe9).Append(0x2028).Select(c => ((char)c).ToString()).ToArray();
        string[] words =
        [
            .. characters, .. characters.Select(c => $"a{c}b"), "", "$(reboot)", "`reboot`", "${HOME}",
            "a;b", "&&", "|", "> x", "*", "~root", "!!", @"\'", "--",
        ];
        Assert.Equal(words, Sh.Words(ShellCommand.Of(["printf", @"%s\0", .. words]).ToString()));
    }

    [Fact]
    public void A_shell_reads_any_words_unchanged() =>
        Words.Sample(words => Assert.Equal(words, Sh.Words(ShellCommand.Of(["printf", @"%s\0", .. words]).ToString())), iter: 200);

    [Fact]
    public void A_script_gets_any_arguments_unchanged() =>
        Words.Sample(
            words => Assert.Equal(words, Sh.Words(ShellCommand.Script("""printf '%s\0' "$@" """, [.. words]).ToString())), iter: 100);

    [Fact]
    public void Input_is_not_on_the_command_line()
    {
        var command = ShellCommand.WriteFile("/etc/etcd/key.crt", "600", "PRIVATE KEY"u8.ToArray());
        Assert.DoesNotContain("PRIVATE KEY", new CommandFrame(command, "core", "0").ToString(), StringComparison.Ordinal);
        Assert.Equal("PRIVATE KEY"u8.ToArray(), command.Input.ToArray());
    }

    private static Gen<string[]> Words { get; } = Gen.String[Gen.Char[" \t\n\r'\"\\$`!*?[]{}()<>|&;#~=%^@-/.,:+_aé漢"], 0, 8].Array[1, 8];
}
