using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.Serialization;
using static Commissaire.Cli.Tests.EventStream;

namespace Commissaire.Cli.Tests;

/// <summary>Text from hosts reaches the terminal only with escapes, and scripts read what the host said.</summary>
public sealed class UnsafeTextTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public static TheoryData<string> Texts => new(
        "6.8\u001b[2J\u001b]0;title\u0007",
        "first\nsecond\u001b[31m\nthird: [x]",
        "a\r\nb\rc\td",
        "nul \0, backspace \b, delete \u007f, C1 \u009b31m, next line \u0085",
        "bidi \u202egpj.exe\u202c \u2066x\u2069 \u200f \u061c",
        "separators \u2028 \u2029, zero width \u200b\u200d\ufeff",
        "tags \U000e0001\U000e0041",
        "\u2028", "\0", "---\u0085", "%YAML\u001b", "# \u001b", "- \u001b", "\u001b'\"\\u0041 {}", "*a\u202e: &b !c",
        "größe €, 日本語, 😀, e\u0301: text of people is shown as it is");

    public void Dispose() => commctl.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Yaml_is_valid_and_shows_escapes(string text)
    {
        RespondWith(text);

        var list = await commctl.Run("host list -o yaml");
        var host = await commctl.Run("host get 10.0.0.1 -o yaml");

        AssertSafe(list.Output);
        var hosts = new DeserializerBuilder().Build().Deserialize<List<Dictionary<string, object?>>>(list.Output);
        Assert.Equal([text, text, text], ((string[])["kernel", "os", "reason"]).Select(field => hosts[0][field]));
        AssertSafe(host.Output);
        Assert.Equal(text, new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>>(host.Output)["reason"]);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Json_is_valid_and_shows_escapes(string text)
    {
        RespondWith(text);

        var result = await commctl.Run("host list -o json");

        AssertSafe(result.Output);
        Assert.Equal(text, JsonDocument.Parse(result.Output).RootElement[0].GetProperty("kernel").GetString());
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_table_has_one_line_for_each_host_and_shows_escapes(string text)
    {
        RespondWith(text);

        var list = await commctl.Run("host list -o table");
        var history = await commctl.Run("host history 10.0.0.1 -o table");

        AssertSafe(list.Output);
        Assert.Equal(3, list.Output.Split('\n').Length);
        AssertSafe(history.Output);
        Assert.Equal(3, history.Output.Split('\n').Length);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Progress_and_errors_are_single_lines_and_show_escapes(string text)
    {
        RespondWith(text);
        commctl.Server
            .On("PUT /host/10.0.0.1", "{}", 201)
            .On("GET /events", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                var data = JsonSerializer.Serialize(
                    new { at = "2026-11-23T21:40:00.000000", subject = "host", name = "10.0.0.1", @event = "failed", summary = text });
                await Send(context, $"id: 1\nevent: host\ndata: {data}\n\n");
            })
            .On("DELETE /host/10.0.0.1", JsonSerializer.Serialize(new { status = 409, detail = text }), 409);

        var progress = await commctl.Run("host create --wait 10.0.0.1 -");
        var error = await commctl.Run("host delete 10.0.0.1");

        Assert.Equal(3, progress.ExitCode);
        AssertSafe(progress.Error);
        Assert.StartsWith("2026-11-23T21:40:00Z 10.0.0.1", progress.Error, StringComparison.Ordinal);
        Assert.Equal(2, progress.Error.Split('\n').Length);
        AssertSafe(error.Error);
        Assert.Equal(2, error.Error.Split('\n').Length);
    }

    [Fact]
    public async Task Escapes_are_those_of_json()
    {
        RespondWith("\u001b[2J \u202e \U000e0001");

        Assert.EndsWith("\\u001b[2J \\u202e \\udb40\\udc01\n", (await commctl.Run("host list -o table")).Output, StringComparison.Ordinal);
        var yaml = (await commctl.Run("host list -o yaml")).Output.Split('\n').Select(line => line.Trim());
        Assert.Equal("kernel: \"\\e[2J \\u202e \\U000E0001\"", yaml.Single(line => line.StartsWith("kernel", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("yaml")]
    [InlineData("json")]
    [InlineData("table")]
    public async Task Half_a_surrogate_pair_does_not_break_the_output(string format)
    {
        commctl.Server.On("GET /hosts", """[{"address":"10.0.0.1","reason":"a\ud800b"}]""");

        var result = await commctl.Run($"host list -o {format}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("\\ud800b", result.Output, StringComparison.Ordinal);
    }

    private void RespondWith(string text)
    {
        var host = new
        {
            address = "10.0.0.1",
            status = "failed",
            cluster = "",
            kernel = text,
            os = text,
            reason = text,
            os_version = "",
            cpus = 0,
            memory = 0,
            space = 0,
            last_check = "",
            source = "",
            next = "",
            port = 22,
            remote_user = "root",
            since = "",
            host_key = "",
            offered_host_key = "",
            container_manager = "",
            boot_id = "",
        };
        commctl.Server
            .On("GET /hosts", JsonSerializer.Serialize(new[] { host }))
            .On("GET /host/10.0.0.1", JsonSerializer.Serialize(host))
            .On("GET /host/10.0.0.1/history?after=0&limit=1000", JsonSerializer.Serialize(
                new[] { new { sequence = 1, at = "T", @event = "failed", summary = text, output = text } }));
    }

    private static void AssertSafe(string output) => Assert.DoesNotContain(output.EnumerateRunes(), rune => rune.Value != '\n'
        && (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
