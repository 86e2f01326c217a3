using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Commissaire.Configuration;

/// <summary>
/// Formats log entries for a terminal as ASP.NET's simple formatter does. Control characters, bidirectional overrides and line separators
/// are escaped first: a message may quote a host.
/// </summary>
internal sealed class EscapingConsoleFormatter(IServiceProvider services) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "commissaire";

    // Resolved late: this formatter is one of the registered ones itself.
    private readonly Lazy<ConsoleFormatter> _simple = new(
        () => services.GetServices<ConsoleFormatter>().First(formatter => formatter.Name == ConsoleFormatterNames.Simple));

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = Escape(logEntry.Exception is { } e ? $"{message} {e}" : message);
        _simple.Value.Write(
            new LogEntry<string>(logEntry.LogLevel, logEntry.Category, logEntry.EventId, text, null, (state, _) => state),
            scopeProvider, textWriter);
    }

    /// <summary>Replaces unsafe characters by escapes such as <c>\u001b</c>, except line feeds and tabs.</summary>
    internal static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = IsUnsafe(c) ? safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : safe.Append(c);
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(char c) => c is not ('\n' or '\t') && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
