using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Output;

namespace Commissaire.Runs;

/// <summary>Shows a run as a line for each event.</summary>
internal sealed class PlainRunView(TextWriter output) : IRunView
{
    public Task<ApiResponse> Show(RunResource run, Func<Task<ApiResponse>> waitForEnd)
    {
        var start = TerminalText.Timestamp(run.StartedAt);
        output.WriteLine(TerminalText.OneLine($"{start} {run.Name}/{run.Id} {run.Verb}, started by '{run.By}': {run.Reason}"));
        return waitForEnd();
    }

    public void WriteEvent(StreamedEvent @event) =>
        output.WriteLine(TerminalText.OneLine($"{TerminalText.Timestamp(@event.At)} {@event.Name} {@event.Summary}"));

    public void WriteNotice(string text) => output.WriteLine(TerminalText.OneLine($"commctl: {text}"));
}
