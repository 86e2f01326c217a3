using System.CommandLine;
using System.Text.RegularExpressions;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>Help, version and shell completion.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("--help", "Exit status:")]
    [InlineData("-h", "kubeconfig ")]
    [InlineData("cluster --help", "restart ")]
    [InlineData("cluster upgrade start --help", "--max-unavailable <N|N%>")]
    [InlineData("host create --help", "commctl host create --cluster my_cluster 192.168.152.110 /path/to/ssh_key")]
    [InlineData("host ssh --help", "commctl host ssh 192.168.1.100 -- systemctl status docker")]
    [InlineData("user-data --help", "--authorized-keys-path <PATH>")]
    public async Task Every_command_has_help(string line, string part)
    {
        var result = await commctl.Run(line);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_short_option_has_one_meaning_per_command()
    {
        foreach (var path in Paths(Invocation.Commctl.BuildRootCommand(new CommandFactory(CliEnvironment.ForProcess())), ""))
        {
            var help = (await commctl.Run($"{path} --help")).Output;
            var shorts = Regex.Matches(help, "^  (-[A-Za-z]), ", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();
            Assert.True(shorts.Count == shorts.Distinct().Count(), $"{path}: {string.Join(' ', shorts)}");
        }
    }

    internal static IEnumerable<string> Paths(Command command, string path) =>
        [path, .. command.Subcommands.SelectMany(child => Paths(child, $"{path} {child.Name}"))];

    [Theory]
    [InlineData("version", "commctl 1.0.0\n")]
    public async Task The_version_is_printed(string line, string output) => Assert.Equal(output, (await commctl.Run(line)).Output);

    [Theory]
    [InlineData("commctl clu", "cluster")]
    [InlineData("commctl cluster re", "restart")]
    [InlineData("commctl cluster upgrade start --max-f", "--max-failures")]
    [InlineData("commctl cluster create --type ", "host_only")]
    public async Task Completions_are_suggested(string line, string word)
    {
        var result = await commctl.Run($"[suggest:{line.Length}]", line);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(word, result.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _commctl commctl")]
    [InlineData("zsh", "#compdef commctl")]
    [InlineData("fish", "complete -c commctl")]
    public async Task Each_shell_has_a_completion_script(string shell, string part) =>
        Assert.Contains(part, (await commctl.Run($"completion {shell}")).Output, StringComparison.Ordinal);
}
