using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Output;

namespace Commissaire.Runs;

/// <summary>A run as lines, one for each thing that happens.</summary>
internal sealed class RunLines(TextWriter output) : IRunView
{
    /// <inheritdoc />
    public Task<Answer> Show(RunResource run, Func<Task<Answer>> watch)
    {
        output.WriteLine($"{Time(run.StartedAt)} {run.Name}/{run.Id} {run.Verb}, begun by '{run.By}': {Words.OneLine(run.Reason)}");
        return watch();
    }

    /// <inheritdoc />
    public void Update(RunResource run)
    {
    }

    /// <inheritdoc />
    public void Tell(StreamedEvent happened) => output.WriteLine($"{Time(happened.At)} {happened.Name} {Words.OneLine(happened.Summary)}");

    /// <inheritdoc />
    public void Note(string text) => output.WriteLine($"commctl: {text}");

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static string Time(string at) => at.Length >= 19 ? at[..19] + "Z" : at;
}
