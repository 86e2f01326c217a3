using System.Text.RegularExpressions;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>No example of help, of the manual or of a completion script puts a secret on a command line.</summary>
public sealed partial class NoSecretsInExamplesTests
{
    private static readonly string Source = Path.GetFullPath("../../../../../src", AppContext.BaseDirectory);

    [Fact]
    public async Task No_command_line_has_a_secret()
    {
        using var commctl = new Commctl();
        var texts = new List<string>();
        foreach (var path in HelpTests.Paths(Invocation.Commctl.BuildRootCommand(new CommandFactory(CliEnvironment.ForProcess())), ""))
        {
            texts.Add((await commctl.Run($"{path} --help")).Output);
        }

        texts.AddRange(Directory.GetFiles(Path.Combine(Source, "manual"), "*.md").Select(File.ReadAllText));
        texts.AddRange(Directory.GetFiles(Path.Combine(Source, "Commissaire.Cli/Completion"), "commctl.*").Select(File.ReadAllText));
        texts.Add(await File.ReadAllTextAsync(Path.Combine(Source, "../README.md")));

        Assert.True(texts.Count > 50);
        Assert.All(texts.SelectMany(text => text.Split('\n')), line => Assert.DoesNotMatch(Secret(), line));
    }

    [Theory]
    [InlineData("commctl container_manager create -o token=aaa ocp", true)]
    [InlineData("commctl passhash --password hunter2", true)]
    [InlineData("commctl passhash -p hunter2", true)]
    [InlineData("commctl user-data --token abc -e https://x", true)]
    [InlineData("curl -u admin:secret http://x", true)]
    [InlineData("curl -d '{\"ssh_priv_key\": \"LS0t\"}' http://x", true)]
    [InlineData("curl -H 'Authorization: Bearer abc' http://x", true)]
    [InlineData("commctl user-data -u admin -p -o web.userdata", false)]
    [InlineData("curl -u admin http://x", false)]
    [InlineData("commctl user-data --token-file token", false)]
    public void The_check_finds_secrets(string line, bool isSecret) => Assert.Equal(isSecret, Secret().IsMatch(line));

    [GeneratedRegex(
        """(commctl|curl)\b.*(\b(token|password)=|--password [^-\s]|passhash .*-p |--token [^-\s]|-u \S+:\S|ssh_priv_key|Bearer \w)""")]
    private static partial Regex Secret();
}
