using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Commissaire.Configuration;
using Commissaire.Server.Tests.Running;
using Names = Commissaire.Telemetry.MetricNames;

namespace Commissaire.Server.Tests.Documents;

/// <summary>The README and the manual name everything there is, and their links lead somewhere.</summary>
[Collection(OneServer.Name)]
public sealed partial class Documented(SharedServer shared)
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    public static TheoryData<string> Pages =>
    [
        "README.md",
        "src/DECISIONS.md",
        .. Directory.GetFiles(Path.Combine(Root, "src", "manual"), "*.md").Select(f => Path.GetRelativePath(Root, f)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading(string page)
    {
        var links = Link().Matches(Text(page)).Select(m => m.Groups[1].Value);
        foreach (var link in links.Where(l => !l.StartsWith("http", StringComparison.Ordinal)))
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
            Assert.True(Path.Exists(Path.Combine(Root, target)), $"{page} links to {link}");
            if (parts.Length > 1)
            {
                Assert.Contains(parts[1], Heading().Matches(Text(target)).Select(m => Anchor(m.Groups[1].Value)));
            }
        }
    }

    [Fact]
    public void The_readme_is_short_and_names_the_test_command()
    {
        var text = Text("README.md");

        Assert.InRange(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 1, 900);
        Assert.Contains("`tests/run.sh`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manual_names_every_option_of_the_server()
    {
        var text = Text("src/manual/configuration.md");
        string[] ofTheParser = ["--help", "--version"];
        var options = CommandLine.Command((_, _) => Task.FromResult(0)).Options.Select(o => o.Name).Except(ofTheParser);

        Assert.All(options, o => Assert.Contains(o[2..].Replace('-', '_'), text.Replace('-', '_'), StringComparison.Ordinal));
    }

    [Fact]
    public void The_manual_names_every_metric()
    {
        var text = Text("src/manual/observability.md");
        var constants = typeof(Names).GetFields().Where(f => f.IsLiteral && f.Name != nameof(Names.Meter));
        var names = constants.Select(f => (string)f.GetRawConstantValue()!);

        Assert.All(names, n => Assert.Contains($"`{n["commissaire.".Length..].Replace('.', '_')}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_manual_names_every_route()
    {
        var document = await shared.Server.Send("GET ~/openapi/v1.json");
        var text = Text("src/manual/rest-api.md").Replace("/{verb}", "/restart", StringComparison.Ordinal);
        var routes = document.Json!["paths"]!.AsObject()
            .Select(p => p.Key.Replace("/api/v0", "", StringComparison.Ordinal)).Where(r => !Verb().IsMatch(r)).ToList();

        Assert.NotEmpty(routes);
        Assert.All(routes, route => Assert.True(Says(route) || Says($"`{route[route.LastIndexOf('/')..]}`"), route));
        bool Says(string words) => text.Contains(words, StringComparison.Ordinal);
    }

    private static string Text(string page) => File.ReadAllText(Path.Combine(Root, page));

    private static string Anchor(string heading) => NotInAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("/(upgrade|deploy)(/|$)")]
    private static partial Regex Verb();
}
