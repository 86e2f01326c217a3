using System.Text;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Shell;

/// <summary>How much of a command's output is kept.</summary>
public sealed class CommandOutputTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(512 * 1024)]
    public void Output_of_up_to_half_a_MiB_is_kept_whole(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
        var output = new CommandOutput();

        foreach (var part in text.Chunk(1000))
        {
            output.Standard.Write(Encoding.UTF8.GetBytes(part));
        }

        Assert.Equal((text, "", false), (output.Standard.Text(), output.Error.Text(), output.TooMuch.IsCompleted));
    }

    [Fact]
    public void A_character_that_arrives_in_two_parts_is_kept()
    {
        var output = new CommandOutput();

        foreach (var part in Encoding.UTF8.GetBytes("größe €").Chunk(1))
        {
            output.Standard.Write(part);
        }

        Assert.Equal("größe €", output.Standard.Text());
    }

    [Fact]
    public void Of_long_output_the_start_and_the_end_are_kept()
    {
        var output = new CommandOutput();

        output.Error.Write("first\n"u8);
        for (var i = 0; i < 15; i++)
        {
            output.Error.Write(new byte[MiB]);
        }

        output.Error.Write("last\n"u8);

        var kept = output.Error.Text();
        Assert.StartsWith("first\n\0", kept, StringComparison.Ordinal);
        Assert.Contains("\0\n…\n\0", kept, StringComparison.Ordinal);
        Assert.EndsWith("\0last\n", kept, StringComparison.Ordinal);
        Assert.InRange(kept.Length, 480 * 1024, 513 * 1024);
        Assert.False(output.TooMuch.IsCompleted);
    }

    [Fact]
    public void Both_streams_together_may_reach_the_limit_and_not_exceed_it()
    {
        var output = new CommandOutput();

        output.Standard.Write(new byte[8 * MiB]);
        output.Error.Write(new byte[8 * MiB]);
        Assert.False(output.TooMuch.IsCompleted);

        output.Error.Write([0]);
        Assert.True(output.TooMuch.IsCompleted);
    }
}
