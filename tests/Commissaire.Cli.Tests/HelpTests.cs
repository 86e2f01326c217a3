namespace Commissaire.Cli.Tests;

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
    public async Task Every_command_explains_itself(string line, string part)
    {
        var ran = await commctl.Run(line);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Contains(part, ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version", "commctl 1.0.0\n")]
    public async Task It_knows_its_version(string line, string printed) => Assert.Equal(printed, (await commctl.Run(line)).Output);

    [Theory]
    [InlineData("commctl clu", "cluster")]
    [InlineData("commctl cluster re", "restart")]
    [InlineData("commctl cluster upgrade start --max-f", "--max-failures")]
    [InlineData("commctl cluster create --type ", "host_only")]
    public async Task Shells_are_told_what_may_come_next(string line, string word)
    {
        var ran = await commctl.Run($"[suggest:{line.Length}]", line);

        Assert.Equal(0, ran.Code);
        Assert.Contains(word, ran.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _commctl commctl")]
    [InlineData("zsh", "#compdef commctl")]
    [InlineData("fish", "complete -c commctl")]
    public async Task Each_shell_has_its_script(string shell, string part) =>
        Assert.Contains(part, (await commctl.Run($"completion {shell}")).Output, StringComparison.Ordinal);
}
