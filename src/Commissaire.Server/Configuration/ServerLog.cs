using Commissaire.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace Commissaire.Configuration;

/// <summary>How the server logs: to standard error, one line each; text for a person at a terminal, JSON for everything else.</summary>
internal static class ServerLog
{
    public static ILoggingBuilder AddServerLog(this ILoggingBuilder logging, bool debug)
    {
        logging.ClearProviders();

        // Where traces are recorded, lines say to which they belong.
        logging.Configure(o => o.ActivityTrackingOptions = TelemetrySetup.Sends ? ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId : ActivityTrackingOptions.None);
        if (Console.IsErrorRedirected)
        {
            logging.AddJsonConsole(o => (o.IncludeScopes, o.UseUtcTimestamp, o.TimestampFormat) = (TelemetrySetup.Sends, true, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"));
        }
        else
        {
            logging.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, "HH:mm:ss.fff "));
        }

        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(debug ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);

        // It logs what kept it from starting, and throws it as well: that once is enough.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        return logging.AddFilter("Akka", debug ? LogLevel.Information : LogLevel.Warning);
    }
}
