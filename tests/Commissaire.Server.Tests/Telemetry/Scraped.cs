using System.Globalization;
using System.Text.RegularExpressions;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>The metrics of a server, in the text format of Prometheus.</summary>
internal sealed partial record Scraped(string Text)
{
    private readonly Dictionary<string, double> _series = Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => Line().Match(line))
        .ToDictionary(
            m => m.Groups[1].Value.Replace("{}", "", StringComparison.Ordinal),
            m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));

    /// <summary>The value of a series such as <c>commissaire_hosts{status="active"}</c>; null if it is not exported.</summary>
    public double? this[string series] => _series.TryGetValue(series, out var value) ? value : null;

    /// <summary>The names of the series, with their labels.</summary>
    public IEnumerable<string> Series => _series.Keys;

    /// <summary>The type of each metric: gauge, counter, histogram.</summary>
    public IReadOnlyDictionary<string, string> Types => Text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')).ToDictionary(words => words[2], words => words[3]);

    /// <summary>The bounds of a histogram's buckets.</summary>
    public IReadOnlyList<string> Buckets(string name) =>
        [
            .. _series.Keys.Where(s => s.StartsWith($"{name}_bucket{{", StringComparison.Ordinal))
                .Select(s => Bound().Match(s).Groups[1].Value).Distinct(),
        ];

    /// <summary>Reads the metrics of a server.</summary>
    public static async Task<Scraped> From(RunningServer server)
    {
        var answer = await server.Send("GET ~/metrics");
        Assert.True((int)answer.Status == 200, answer.ToString());
        return new Scraped(answer.Text);
    }

    [GeneratedRegex(@"\A(\S+?(?:\{.*\})?) (\S+)\z")]
    private static partial Regex Line();

    [GeneratedRegex("le=\"([^\"]*)\"")]
    private static partial Regex Bound();
}
