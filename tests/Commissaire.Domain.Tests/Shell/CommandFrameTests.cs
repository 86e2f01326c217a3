using System.Diagnostics;
using System.Text;
using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>A framed command, as shells run it.</summary>
public sealed class CommandFrameTests
{
    private const string Nonce = "0123456789abcdef";
    private const string Prefix = "commissaire-" + Nonce + "-";

    [Fact]
    public void The_markers_enclose_the_output_on_both_streams_and_carry_the_exit_status()
    {
        var (exitCode, output, error) = Run(ShellCommand.Script("echo out; echo err >&2; exit 3"));
        Assert.Equal(3, exitCode);
        Assert.Matches($@"\A{Prefix}begin\nout\n{Prefix}end 3 [0-9a-f-]{{36}}\n\z", output);
        Assert.Matches($@"\A{Prefix}begin\nerr\n{Prefix}end 3 [0-9a-f-]{{36}}\n\z", error);
    }

    [Fact]
    public void A_command_that_does_not_exist_has_the_exit_status_of_the_shell() =>
        Assert.Contains($"{Prefix}end 127 ", Run(ShellCommand.Of("no-such-command")).Output, StringComparison.Ordinal);

    [Fact]
    public void The_command_reads_the_input() =>
        Assert.Contains("\nhello\n", Run(ShellCommand.Of("cat") with { Input = "hello\n"u8.ToArray() }).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("text with 'quotes', \\ and !\n", true)]
    [InlineData("no line break at the end", true)]
    [InlineData("a\0b", false)]
    public void Public_input_is_on_the_command_line_where_start_up_files_cannot_take_it(string text, bool carried)
    {
        var command = ShellCommand.Of("cat") with { Input = Encoding.UTF8.GetBytes(text), InputIsPublic = true };
        Assert.Equal(carried, new CommandFrame(command, "core", Nonce).Input.IsEmpty);
        Assert.Contains($"begin\n{text}{Prefix}end 0", Run(command).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exit_status_is_that_of_the_command_that_reads_public_input() =>
        Assert.Equal(7, Run(ShellCommand.Script("cat; exit 7") with { Input = "x"u8.ToArray(), InputIsPublic = true }).ExitCode);

    [Fact]
    public void A_file_that_others_may_not_read_is_no_public_input()
    {
        Assert.False(ShellCommand.WriteFile("/etc/etcd/key.crt", "600", "key"u8.ToArray()).InputIsPublic);
        Assert.True(ShellCommand.WriteFile("/etc/default/docker", "644", "a"u8.ToArray()).InputIsPublic);
    }

    [Fact]
    public void The_command_prints_in_English() =>
        Assert.Contains("\nC\n", Run(ShellCommand.Script("echo $LC_ALL")).Output, StringComparison.Ordinal);

    [Fact]
    public void The_end_of_the_command_is_printed_while_its_children_hold_the_output()
    {
        using var shell = Start(new CommandFrame(ShellCommand.Script("sleep 1000 & echo $!"), "root", Nonce).ToString());
        shell.StandardInput.Close();
        string? line, child = null;
        while ((line = shell.StandardOutput.ReadLine()) is not null && !line.StartsWith(Prefix + "end", StringComparison.Ordinal))
        {
            child = line;
        }

        Assert.NotNull(line);
        using var sleep = Process.GetProcessById(int.Parse(child!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(sleep.HasExited);
        sleep.Kill();
    }

    [Fact]
    public void A_long_command_prints_heartbeats_and_leaves_nothing_that_holds_the_output()
    {
        var frame = new CommandFrame(ShellCommand.Of("cat"), "root", Nonce, TimeSpan.FromMilliseconds(20));
        using var shell = Start(frame.ToString());
        Assert.Equal(Prefix + "begin", shell.StandardError.ReadLine());
        Assert.Equal(Prefix + "alive", shell.StandardError.ReadLine());
        Assert.Equal(Prefix + "alive", shell.StandardError.ReadLine());
        shell.StandardInput.Close();

        // Reading to the end returns only once no process holds the stream.
        Assert.Contains(Prefix + "end 0", shell.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Printing_the_command_line_prints_no_marker()
    {
        var line = new CommandFrame(ShellCommand.Script("echo"), "core", Nonce).ToString();
        Assert.DoesNotContain(Prefix, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root", false, false)]
    [InlineData("core", false, true)]
    [InlineData("core", true, false)]
    public void Only_a_command_that_runs_as_root_needs_sudo(string user, bool asLoginUser, bool sudo)
    {
        var frame = new CommandFrame(ShellCommand.Of("id") with { AsLoginUser = asLoginUser }, user, Nonce);
        Assert.Equal(sudo, frame.Sudo);
        Assert.Equal(sudo, frame.ToString().Contains("sudo -n -- sh -c", StringComparison.Ordinal));
    }

    // csh does not read line breaks in quotes, and history and fish read ! and \ there.
    [Fact]
    public void The_command_line_has_no_characters_that_shells_read_differently() =>
        Words.Sample(words =>
        {
            var line = new CommandFrame(ShellCommand.Of(["printf", .. words]), "core", Nonce, TimeSpan.FromSeconds(15)).ToString();
            Assert.DoesNotContain('\n', line);
            Assert.DoesNotContain('!', line);
            Assert.DoesNotContain("\\\\", line, StringComparison.Ordinal);
            Assert.DoesNotContain("\\'", line, StringComparison.Ordinal);
            Assert.Equal(4, line.Count(c => c == '\''));
        });

    [Fact]
    public void Any_words_arrive_unchanged() =>
        Words.Sample(
            words =>
            {
                var output = Run(ShellCommand.Of(["printf", @"%s\0", .. words])).Output;
                var start = output.IndexOf('\n', StringComparison.Ordinal) + 1;
                Assert.Equal(words, output[start..output.LastIndexOf(Prefix, StringComparison.Ordinal)].Split('\0')[..^1]);
            },
            iter: 100);

    private static (int ExitCode, string Output, string Error) Run(ShellCommand command)
    {
        var frame = new CommandFrame(command, "root", Nonce);
        using var shell = Start(frame.ToString());
        var error = shell.StandardError.ReadToEndAsync();
        shell.StandardInput.BaseStream.Write(frame.Input.Span);
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return (shell.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static Process Start(string line) => Process.Start(new ProcessStartInfo("sh", ["-c", line])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;

    private static Gen<string[]> Words { get; } = Gen.String[Gen.Char[" \t\n\r'\"\\$`!*?[]{}()<>|&;#~=%^@-/.,:+_aé漢01"], 0, 8].Array[1, 8];
}
