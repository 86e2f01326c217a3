using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commissaire.Telemetry;

/// <summary>
/// Serves metrics at <see cref="Path"/>, and exports metrics and traces over OTLP if the standard variable
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Otherwise no traces are recorded.
/// </summary>
internal static class TelemetrySetup
{
    public const string Path = "/metrics";

    /// <summary>Whether metrics and traces are exported over OTLP.</summary>
    public static bool Sends => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<Metrics>();
        services.AddSingleton<FleetCounts>();
        services.AddSingleton<ObservableMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("commissaire-server", serviceVersion: ObservableMetrics.Version)
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter([MetricNames.Meter, .. MetricNames.DotNetMeters])
                    .AddPrometheusExporter(o => o.ScopeInfoEnabled = o.TargetInfoEnabled = false);
                if (Sends)
                {
                    metrics.AddOtlpExporter();
                }
            });
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            // A process may run several servers, in tests even at the same time: each exports its own instruments.
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(i => i.Meter.Scope is IMeterFactory other && other != own ? MetricStreamConfiguration.Drop : null);
        });
        if (Sends)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Tracing.Name)
                .AddAspNetCoreInstrumentation(o => o.Filter = context => !HttpPipeline.IsAboutTheProcess(context.Request.Path))
                .AddOtlpExporter());
        }
    }

    public static void MapMetrics(this WebApplication app, bool anonymous)
    {
        app.Services.GetRequiredService<ObservableMetrics>();
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<Metrics>().ExportZeros();
        app.UseWhen(context => context.Request.Path == Path, scrape => scrape.Use(async (context, next) =>
        {
            // The exporter reads the instruments without waiting.
            await context.RequestServices.GetRequiredService<FleetCounts>().Refresh();
            await next(context);
        }));
        var metrics = app.MapPrometheusScrapingEndpoint(Path)
            .WithMetadata(new HttpMethodMetadata(RouteExtensions.GetAndHead), new ExcludeFromDescriptionAttribute());
        if (anonymous)
        {
            metrics.AllowAnonymous();
        }
    }
}
