using Commissaire.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace Commissaire.Configuration;

/// <summary>Configures logging to standard error, one line per entry: text on a terminal, JSON otherwise.</summary>
internal static class ServerLog
{
    public static ILoggingBuilder AddServerLog(this ILoggingBuilder logging, bool debug)
    {
        logging.ClearProviders();

        // Log entries carry trace IDs only if traces are exported.
        logging.Configure(o => o.ActivityTrackingOptions =
            TelemetrySetup.Sends ? ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId : ActivityTrackingOptions.None);
        if (Console.IsErrorRedirected)
        {
            logging.AddJsonConsole(o =>
                (o.IncludeScopes, o.UseUtcTimestamp, o.TimestampFormat) = (TelemetrySetup.Sends, true, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"));
        }
        else
        {
            logging.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, "HH:mm:ss.fff "));
            logging.AddConsole(o => o.FormatterName = EscapingConsoleFormatter.FormatterName)
                .AddConsoleFormatter<EscapingConsoleFormatter, ConsoleFormatterOptions>();
        }

        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(debug ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);

        // The host logs a startup failure and also throws it. The exception is printed, so the log entry is dropped.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        return logging.AddFilter("Akka", debug ? LogLevel.Information : LogLevel.Warning);
    }
}
