using System.Diagnostics.Metrics;
using Commissaire.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commissaire.Telemetry;

/// <summary>
/// Shows metrics at <see cref="Path"/>, and sends metrics and traces over OTLP where the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
/// says so. Without it nobody listens for traces, and none is begun.
/// </summary>
internal static class TelemetrySetup
{
    /// <summary>Where metrics are read.</summary>
    public const string Path = "/metrics";

    /// <summary>Whether metrics and traces are sent anywhere.</summary>
    public static bool Sends => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<Metrics>();
        services.AddSingleton<FleetCounts>();
        services.AddSingleton<ObservableMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("commissaire-server", serviceVersion: ObservableMetrics.Version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter([MetricNames.Meter, .. MetricNames.OfThePlatform]).AddPrometheusExporter(o => o.ScopeInfoEnabled = o.TargetInfoEnabled = false);
                if (Sends)
                {
                    metrics.AddOtlpExporter();
                }
            });
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            // There may be several servers in a process, one after the other or, in tests, beside each other: each shows its own.
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(i => i.Meter.Scope is IMeterFactory other && other != own ? MetricStreamConfiguration.Drop : null);
        });
        if (Sends)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Tracing.Name)
                .AddAspNetCoreInstrumentation(o => o.Filter = context => !Pipeline.IsAboutTheProcess(context.Request.Path))
                .AddOtlpExporter());
        }
    }

    public static void MapMetrics(this WebApplication app)
    {
        app.Services.GetRequiredService<ObservableMetrics>();
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<Metrics>().ExportZeros();
        app.UseWhen(context => context.Request.Path == Path, scrape => scrape.Use(async (context, next) =>
        {
            // The exporter reads all instruments at once and waits for nobody.
            await context.RequestServices.GetRequiredService<FleetCounts>().Refresh();
            await next(context);
        }));
        app.MapPrometheusScrapingEndpoint(Path).WithMetadata(new HttpMethodMetadata(Verbs.Get), new ExcludeFromDescriptionAttribute());
    }
}
