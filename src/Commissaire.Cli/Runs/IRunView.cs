using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;

namespace Commissaire.Runs;

/// <summary>Shows the progress of a run on standard error.</summary>
internal interface IRunView
{
    /// <summary>Creates a live view if both streams are a terminal that supports it, else a plain view.</summary>
    static IRunView Create(CliEnvironment environment) =>
        environment is { OutputIsTerminal: true, ErrorIsTerminal: true } && environment.GetVariable("TERM") is not (null or "" or "dumb")
            ? new LiveRunView(environment)
            : new PlainRunView(environment.Error);

    /// <summary>Shows a run until the task that waits for its end completes.</summary>
    Task<ApiResponse> Show(RunResource run, Func<Task<ApiResponse>> waitForEnd);

    void Update(RunResource run) { }

    void WriteEvent(StreamedEvent @event) { }

    /// <summary>Shows a notice about the connection to the server.</summary>
    void WriteNotice(string text);
}
