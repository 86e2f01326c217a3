using System.Diagnostics;

namespace Commissaire.Acceptance.Tests;

/// <summary>commctl in a terminal and in a shell.</summary>
public sealed class CommctlShellTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_password_is_prompted_for_on_the_terminal_and_hidden()
    {
        var config = fixture.Server.WriteFile(
            $"asks-{Guid.NewGuid():n}.json", $$"""{"username": "hidden", "endpoint": "http://127.0.0.1:{{fixture.Server.Port}}"}""");
        var commctl = new Commctl(fixture.Server);

        using var asking = commctl.StartInTerminal($"cluster list --config {config}", types: true);
        await asking.WaitForOutput("Password for hidden: ");
        await asking.Type("open-sesame\n");
        var ran = await asking.End();

        Assert.Equal(2, ran.Code);
        Assert.Contains("The provided credentials were incorrect.", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("commctl clu", "clu", "cluster")]
    [InlineData("commctl cluster re", "re", "restart")]
    [InlineData("commctl cluster upgrade start --max-f", "--max-f", "--max-failures")]
    public async Task Bash_completes_command_lines(string line, string word, string completed)
    {
        var start = new ProcessStartInfo("bash",
        [
            "--norc", "-c",
                "source <(\"$1\" completion bash); COMP_LINE=$2 COMP_POINT=${#2}; "
                + "_commctl \"$1\" \"$3\" x; printf '%s\\n' \"${COMPREPLY[@]}\"",
            "bash", Commctl.Program, line, word,
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = new Commctl.RunningProgram(Process.Start(start)!);

        Assert.Contains(completed, (await bash.End()).Ok().Output.Split('\n'));
    }
}
