using Commissaire.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Commissaire.Server.Tests.Configuration;

/// <summary>A log line that quotes a host cannot control a terminal, nor look like two lines.</summary>
public sealed class LogTextTests
{
    private const string Unsafe = "a\u001b[2J\u202eb\u009b\u2028\0c\r\nd\u200b";

    [Fact]
    public void A_message_is_one_line_with_escapes()
    {
        var line = Format(EscapingConsoleFormatter.FormatterName, $"the host said {Unsafe}", null);

        Assert.EndsWith(
            "the host said a\\u001b[2J\\u202eb\\u009b\\u2028\\u0000c\\u000d d\\u200b" + Environment.NewLine, line,
            StringComparison.Ordinal);
        AssertSafe(line);
    }

    [Fact]
    public void So_is_an_exception()
    {
        var line = Format(EscapingConsoleFormatter.FormatterName, "it failed", new InvalidOperationException(Unsafe));

        Assert.Contains("it failed System.InvalidOperationException: a\\u001b[2J\\u202eb", line, StringComparison.Ordinal);
        AssertSafe(line);
    }

    [Fact]
    public void A_message_in_json_is_escaped()
    {
        var line = Format(ConsoleFormatterNames.Json, Unsafe, new InvalidOperationException(Unsafe));

        AssertSafe(line);
        Assert.Contains("\\u001B[2J\\u202Eb", line, StringComparison.Ordinal);
    }

    private static void AssertSafe(string line) => Assert.All(line.TrimEnd('\n'), c => Assert.InRange(c, ' ', '~'));

    private static string Format(string formatter, string message, Exception? exception)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddServerLog(debug: false)
            .AddSimpleConsole(o => o.SingleLine = true).AddJsonConsole()
            .AddConsoleFormatter<EscapingConsoleFormatter, ConsoleFormatterOptions>());
        using var provider = services.BuildServiceProvider();
        var writer = new StringWriter();
        provider.GetServices<ConsoleFormatter>().First(f => f.Name == formatter).Write(
            new LogEntry<string>(LogLevel.Warning, "Commissaire.Test", default, message, exception, (state, _) => state), null, writer);
        return writer.ToString();
    }
}
