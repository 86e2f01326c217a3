using System.Diagnostics;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Telemetry;

/// <summary>
/// Spans of the work for a request, also if another process does it, or after a crash. Work without a recorded request has no span. Spans
/// never contain commands or output.
/// </summary>
internal static class Tracing
{
    public const string Name = "Commissaire";

    private const string RunTag = "commissaire.run";
    private static readonly ActivitySource Source = new(Name);

    /// <summary>The trace of the current request; null if it is not recorded.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } request ? request.Id : null;

    /// <summary>Tags the span of the current request with a run.</summary>
    public static void SetRun(RunId run)
    {
        if (Activity.Current is { IsAllDataRequested: true } request)
        {
            request.SetTag(RunTag, Text(run));
        }
    }

    /// <summary>Starts a span for work of a host; null if nothing records it.</summary>
    public static Activity? Begin(string name, TracedWork work, DateTimeOffset began = default)
    {
        // The span must not become current: other work runs on the actor's thread meanwhile.
        var current = Activity.Current;
        var span = Start(name, ActivityKind.Internal, work, began);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span, if any. <paramref name="problem"/> is the reason of a failure; null for a success.</summary>
    public static void End(Activity? span, string? outcome, string? problem)
    {
        if (span is not null)
        {
            var current = Activity.Current;
            SetOutcome(span, outcome, problem);
            span.Dispose();
            Activity.Current = current;
        }
    }

    /// <summary>Runs a command on a host, in a span if the work has a trace.</summary>
    public static Task<ShellOutcome> Run(
        this IRemoteShell shell, TracedWork work, RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct) =>
        work.Trace is null ? shell.Run(target, command, deadline, ct) : RunInSpan(shell, work, target, command, deadline, ct);

    private static async Task<ShellOutcome> RunInSpan(
        IRemoteShell shell, TracedWork work, RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var span = Start($"ssh {work.Step}", ActivityKind.Client, work, default);
        span?.SetTag("server.address", target.Address.Value).SetTag("server.port", target.Port);
        try
        {
            var outcome = await shell.Run(target, command, deadline, ct);
            if (span is not null)
            {
                span.SetTag("process.exit.code", (outcome as ShellOutcome.Completed)?.ExitCode);
                SetOutcome(span, outcome.ToWireName(), Problem(outcome, work.Step));
            }

            return outcome;
        }
        catch (OperationCanceledException)
        {
            SetOutcome(span, "given_up", "cancelled: the command is no longer needed, or the process stops");
            throw;
        }
    }

    private static Activity? Start(string name, ActivityKind kind, TracedWork work, DateTimeOffset began)
    {
        if (!ActivityContext.TryParse(work.Trace, null, isRemote: true, out var parent)
            || Source.StartActivity(kind, parent, startTime: began, name: name) is not { } span)
        {
            return null;
        }

        span.SetTag("commissaire.host", work.Host.Value)
            .SetTag("commissaire.cluster", work.Cluster?.Value)
            .SetTag("commissaire.step", work.Step);
        return work.Run is { } run ? span.SetTag(RunTag, Text(run)) : span;
    }

    private static void SetOutcome(Activity? span, string? outcome, string? problem)
    {
        span?.SetTag("commissaire.outcome", outcome);
        if (problem is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, problem);
        }
    }

    private static string? Problem(ShellOutcome outcome, string? step) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } => null,
        ShellOutcome.Completed done => $"exit status {done.ExitCode}",
        ShellOutcome.Unreachable u => u.Reason,
        ShellOutcome.RefusedForNow r => r.Reason,
        ShellOutcome.AuthenticationFailed a => a.Reason,

        // The connection usually drops during a reboot.
        ShellOutcome.Interrupted when step == TurnSteps.Reboot => null,
        ShellOutcome.Interrupted i => i.Reason,
        ShellOutcome.TimedOut t => $"no result within {t.Deadline.TotalSeconds:0.#} s",
        ShellOutcome.HostKeyChanged => "the host key changed",
        ShellOutcome.NoCredentials n => n.Reason,
        ShellOutcome.NotTried n => n.Reason,
        ShellOutcome.Unreadable u => u.Reason,
        ShellOutcome.TooMuchOutput => "the command printed too much",
        ShellOutcome.Unrecognized => "the host did not run the command",
        ShellOutcome.NotRoot => "the user could not become root",
        _ => throw new UnreachableException($"No problem text for {outcome.GetType()}."),
    };

    private static string Text(RunId run) => $"{run.Cluster}/{run.Number}";
}

/// <summary>The work of a host that a span covers.</summary>
internal readonly record struct TracedWork(string? Trace, HostAddress Host, ResourceName? Cluster, string? Step, RunId? Run);
