using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>The cost of a measurement.</summary>
public sealed class Measuring
{
    private const int Times = 10_000;

    [Fact]
    public void Nothing_is_allocated_for_a_measurement()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var measurements = new Metrics(services.GetRequiredService<IMeterFactory>());
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(MetricNames.Meter).AddPrometheusExporter().Build();
        ShellOutcome[] outcomes = [new ShellOutcome.Completed(0, "", "", new HostKey("ssh-ed25519", "")), new ShellOutcome.Unreachable("")];
        void Measure()
        {
            foreach (var outcome in outcomes)
            {
                measurements.CommandEnded(outcome, TimeSpan.FromSeconds(1));
                measurements.Connected(MetricLabels.Connected, TimeSpan.FromSeconds(1));
                measurements.HealthChecked(outcome);
                measurements.BootstrapStepEnded(outcome);
                measurements.TurnEnded(RunVerb.Restart, TurnOutcome.Succeeded);
                measurements.JournalWritten(Stopwatch.GetTimestamp());
                measurements.Committed(Stopwatch.GetTimestamp());
                measurements.ManagerAnswered(ContainerManagerType.Kubernetes, true, Stopwatch.GetTimestamp());
                measurements.SshCommandsRunning.Add(1);
                measurements.EntityStarted("host");
            }
        }

        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            Measure();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times);
    }
}
