using System.Diagnostics;
using System.Text;

namespace Commissaire.Acceptance.Tests;

/// <summary>commctl on a terminal and in a shell.</summary>
public sealed class CommctlShellTests(Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task A_password_is_prompted_for_on_the_terminal_and_hidden()
    {
        var config = site.Server.Scratch(
            $"prompt-{Guid.NewGuid():n}.json", $$"""{"username": "hidden", "endpoint": "http://127.0.0.1:{{site.Server.Port}}"}""");
        var command = $"{Commctl.Program} cluster list --config {config}";
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--echo", "never", "--command", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        var reading = Task.Run(async () =>
        {
            var buffer = new char[256];
            for (var read = await process.StandardOutput.ReadAsync(buffer); read > 0; read = await process.StandardOutput.ReadAsync(buffer))
            {
                lock (shown)
                {
                    shown.Append(buffer, 0, read);
                }
            }
        });
        string Shown()
        {
            lock (shown)
            {
                return shown.ToString();
            }
        }

        await Eventually.True(() => Shown().Contains("Password for hidden: ", StringComparison.Ordinal), "the prompt is shown");
        await process.StandardInput.WriteAsync("open-sesame\n");
        await process.StandardInput.FlushAsync();
        await Eventually.True(() => process.HasExited, "commctl exits");
        await reading;

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("The provided credentials were incorrect.", Shown(), StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", Shown(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("commctl clu", "clu", "cluster")]
    [InlineData("commctl cluster re", "re", "restart")]
    [InlineData("commctl cluster upgrade start --max-f", "--max-f", "--max-failures")]
    public async Task Bash_completes_command_lines(string line, string word, string completed)
    {
        var start = new ProcessStartInfo("bash",
        [
            "--norc", "-c", "source <(\"$1\" completion bash); COMP_LINE=$2 COMP_POINT=${#2}; _commctl \"$1\" \"$3\" x; "
                + "printf '%s\\n' \"${COMPREPLY[@]}\"",
            "bash", Commctl.Program, line, word,
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = new Commctl.Started(Process.Start(start)!);

        Assert.Contains(completed, (await bash.End()).Ok().Output.Split('\n'));
    }
}
