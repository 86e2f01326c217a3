using System.Diagnostics;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Telemetry;

/// <summary>
/// Spans of what is done for a request, also when it is done later, elsewhere, or after a crash. What goes back to no recorded request has none.
/// No span says what was told to a host or what it printed.
/// </summary>
internal static class Tracing
{
    /// <summary>The source of all of them.</summary>
    public const string Name = "Commissaire";

    private const string OfRun = "commissaire.run";
    private static readonly ActivitySource Source = new(Name);

    /// <summary>The trace of the request that is being answered; null when nobody records it.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } request ? request.Id : null;

    /// <summary>Says in the span of the request which run it is about.</summary>
    public static void IsAbout(RunId run)
    {
        if (Activity.Current is { IsAllDataRequested: true } request)
        {
            request.SetTag(OfRun, Text(run));
        }
    }

    /// <summary>Begins a span for work of a host; null when nobody listens.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="work">What it is for.</param>
    /// <param name="began">When the work began, if not now.</param>
    public static Activity? Begin(string name, TracedWork work, DateTimeOffset began = default)
    {
        // It is nobody's surroundings: an actor's thread does other things meanwhile.
        var surroundings = Activity.Current;
        var span = Start(name, ActivityKind.Internal, work, began);
        Activity.Current = surroundings;
        return span;
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span; null when there is none.</param>
    /// <param name="outcome">A word for what became of the work; null when nobody knows.</param>
    /// <param name="problem">Why it did not go well; null when it did.</param>
    public static void End(Activity? span, string? outcome, string? problem)
    {
        if (span is not null)
        {
            var surroundings = Activity.Current;
            Tell(span, outcome, problem);
            span.Dispose();
            Activity.Current = surroundings;
        }
    }

    /// <summary>Runs a command on a host, in a span of its own where it goes back to a recorded request.</summary>
    public static Task<ShellOutcome> Run(this IRemoteShell shell, TracedWork work, RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct) =>
        work.Trace is null ? shell.Run(target, command, deadline, ct) : RunInSpan(shell, work, target, command, deadline, ct);

    private static async Task<ShellOutcome> RunInSpan(IRemoteShell shell, TracedWork work, RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var span = Start($"ssh {work.Step}", ActivityKind.Client, work, default);
        span?.SetTag("server.address", target.Address.Value).SetTag("server.port", target.Port);
        try
        {
            var outcome = await shell.Run(target, command, deadline, ct);
            if (span is not null)
            {
                span.SetTag("process.exit.code", (outcome as ShellOutcome.Completed)?.ExitCode);
                Tell(span, outcome.ToWireName(), Problem(outcome, work.Step));
            }

            return outcome;
        }
        catch (OperationCanceledException)
        {
            Tell(span, "given_up", "it is no longer wanted, or the process stops");
            throw;
        }
    }

    private static Activity? Start(string name, ActivityKind kind, TracedWork work, DateTimeOffset began)
    {
        if (!ActivityContext.TryParse(work.Trace, null, isRemote: true, out var parent) || Source.StartActivity(kind, parent, startTime: began, name: name) is not { } span)
        {
            return null;
        }

        span.SetTag("commissaire.host", work.Host.Value).SetTag("commissaire.cluster", work.Cluster?.Value).SetTag("commissaire.step", work.Step);
        return work.Run is { } run ? span.SetTag(OfRun, Text(run)) : span;
    }

    private static void Tell(Activity? span, string? outcome, string? problem)
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
        ShellOutcome.AuthenticationFailed a => a.Reason,

        // Whoever is told to reboot may not live to answer.
        ShellOutcome.Interrupted when step == TurnSteps.Reboot => null,
        ShellOutcome.Interrupted i => i.Reason,
        ShellOutcome.TimedOut t => $"no result within {t.Deadline.TotalSeconds:0.#} s",
        ShellOutcome.HostKeyChanged => "the host key changed",
        ShellOutcome.NoCredentials n => n.Reason,
        _ => throw new UnreachableException($"No words for {outcome.GetType()}."),
    };

    private static string Text(RunId run) => $"{run.Cluster}/{run.Number}";
}

/// <summary>Work of a host, as spans tell it.</summary>
/// <param name="Trace">The trace it belongs to; null when it goes back to no recorded request.</param>
/// <param name="Host">The host.</param>
/// <param name="Cluster">The cluster the host is in; null for none.</param>
/// <param name="Step">The step; null for more than one.</param>
/// <param name="Run">The run it is part of; null for none.</param>
internal readonly record struct TracedWork(string? Trace, HostAddress Host, ResourceName? Cluster, string? Step, RunId? Run);
