using System.Text;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Shell;

/// <summary>How much of a command's output is kept.</summary>
public sealed class CommandOutputTests
{
    private const int MiB = 1024 * 1024;

    private static readonly CommandFrame Frame = new(ShellCommand.Of("true"), "core", "00");
    private static readonly byte[] Begin = Encoding.ASCII.GetBytes(Frame.Prefix + "begin\n");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(512 * 1024)]
    public void Output_of_up_to_half_a_MiB_is_kept_whole(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
        var output = Began();

        foreach (var part in text.Chunk(1000))
        {
            output.Standard.Write(Encoding.UTF8.GetBytes(part));
        }

        Assert.Equal((text, "", false), (output.Standard.Text, output.Error.Text, output.TooMuch.IsCompleted));
    }

    [Fact]
    public void A_character_that_arrives_in_two_parts_is_kept()
    {
        var output = Began();

        foreach (var part in Encoding.UTF8.GetBytes("größe €").Chunk(1))
        {
            output.Standard.Write(part);
        }

        Assert.Equal("größe €", output.Standard.Text);
    }

    [Fact]
    public void Of_long_output_the_start_and_the_end_are_kept()
    {
        var output = Began();

        output.Error.Write("first\n"u8);
        for (var i = 0; i < 15; i++)
        {
            output.Error.Write(new byte[MiB]);
        }

        output.Error.Write("last\n"u8);

        var kept = output.Error.Text;
        Assert.StartsWith("first\n\0", kept, StringComparison.Ordinal);
        Assert.Contains("\0\n…\n\0", kept, StringComparison.Ordinal);
        Assert.EndsWith("\0last\n", kept, StringComparison.Ordinal);
        Assert.InRange(kept.Length, 480 * 1024, 513 * 1024);
        Assert.False(output.TooMuch.IsCompleted);
    }

    [Fact]
    public void Both_streams_together_may_reach_the_limit_and_not_exceed_it()
    {
        var output = Began();

        output.Standard.Write(new byte[(8 * MiB) - Begin.Length]);
        output.Error.Write(new byte[(8 * MiB) - Begin.Length]);
        Assert.False(output.TooMuch.IsCompleted);

        output.Error.Write([0]);
        Assert.True(output.TooMuch.IsCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void The_markers_are_recognised_in_parts_of_any_size(int size)
    {
        const string Boot = "6d1d5a53-0d4d-4b4c-a0f1-6c1f6c9f3f10";
        var output = new CommandOutput(Frame, TimeProvider.System);
        var k = Frame.Prefix;

        Write(output.Standard, $"Welcome!\n{k}begin\nsudo says\n{k}root\nresult without a line break{k}end 7 {Boot}\nlater\n", size);
        Write(output.Error, $"bash: warning\n{k}begin\nsudo: hm\n{k}root\n{k}alive\nhalf {k}alive\na line\n{k}end 7 {Boot}\n", size);

        Assert.True(output.HasEnded);
        Assert.True(output.HasBegun);
        Assert.Equal((7, Boot, true), (output.Standard.ExitCode, output.Standard.BootId, output.Standard.IsRoot));
        Assert.Equal("result without a line break", output.Standard.Text);
        Assert.Equal("half a line\n", output.Error.Text);
        Assert.Equal("Welcome!\n\nbash: warning", output.LoginText);
        Assert.Equal("sudo: hm\n\nsudo says", output.SudoText);
    }

    [Theory]
    [InlineData("commissaire-00-end 0\n")]
    [InlineData("commissaire-00-root\ncommissaire-00-end 0\n")]
    [InlineData("commissaire-01-begin\ncommissaire-01-end 0\n")]
    [InlineData("commissaire-00-\ncommissaire-00-begin and more\ncommissaire-00-end 0\n")]
    [InlineData("commissaire-00-begin\ncommissaire-00-end yes\n")]
    [InlineData("commissaire-00-begin\ncommissaire-00-end -1\n")]
    [InlineData("commissaire-00-begin\ncommissaire-00-end 0")]
    public void Other_text_is_no_end(string text)
    {
        var output = new CommandOutput(Frame, TimeProvider.System);
        Write(output.Standard, text, 1000);
        Write(output.Error, text, 1000);
        Assert.False(output.HasEnded);
    }

    [Fact]
    public void A_long_line_that_starts_like_a_marker_is_output()
    {
        var output = Began();
        var line = Frame.Prefix + new string('x', 1000);
        Write(output.Error, line, 10);
        Assert.Equal(line, output.Error.Text);
    }

    private static CommandOutput Began()
    {
        var output = new CommandOutput(Frame with { User = "root" }, TimeProvider.System);
        output.Standard.Write(Begin);
        output.Error.Write(Begin);
        return output;
    }

    private static void Write(FramedOutput stream, string text, int size)
    {
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            stream.Write(part);
        }
    }
}
