using System.Globalization;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Invocation;
using Commissaire.Output;
using Spectre.Console;

namespace Commissaire.Runs;

/// <summary>A run as a picture on the terminal: each host, where it stands, and for how long.</summary>
internal sealed class LiveRunView(Surroundings world) : IRunView
{
    private readonly Lock _lock = new();
    private RunResource? _run;
    private string _note = "";

    /// <inheritdoc />
    public async Task<Answer> Show(RunResource run, Func<Task<Answer>> watch)
    {
        _run = run;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(world.Error), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        return await console.Live(Picture()).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            using var over = new CancellationTokenSource();
            var drawing = Draw(live, over.Token);
            try
            {
                return await watch();
            }
            finally
            {
                await over.CancelAsync();
                await drawing;
            }
        });
    }

    /// <inheritdoc />
    public void Update(RunResource run)
    {
        lock (_lock)
        {
            (_run, _note) = (run, "");
        }
    }

    /// <inheritdoc />
    public void Tell(StreamedEvent happened)
    {
    }

    /// <inheritdoc />
    public void Note(string text)
    {
        lock (_lock)
        {
            _note = text;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private async Task Draw(LiveDisplayContext live, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), world.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                live.UpdateTarget(Picture());
            }
        }
        catch (OperationCanceledException)
        {
            live.UpdateTarget(Picture());
        }
    }

    private Rows Picture()
    {
        lock (_lock)
        {
            var run = _run!;
            var table = new Spectre.Console.Table().Border(TableBorder.None).AddColumns("HOST", "STATE", "STEP", "FOR", "").Expand();
            foreach (var host in run.Hosts ?? [])
            {
                table.AddRow(
                    new Text(host.Address), new Text(host.Outcome, Colour(host.Outcome)), new Text(host.Step),
                    new Text(host.Outcome == "in_process" ? Elapsed(host.Since) : ""), new Text(Words.OneLine(host.Reason)));
            }

            var done = (run.Hosts ?? []).Count(host => host.Outcome is "succeeded" or "skipped");
            var head = new Text(Words.OneLine($"{run.Verb} of {run.Name}, run {run.Id}: {run.Status}, {done} of {run.Hosts?.Count ?? 0} hosts done, {Elapsed(run.StartedAt)} ({run.Reason})"), Colour(run.Status));
            return new Rows(head, table, new Text(_note, new Style(Color.Yellow)));
        }
    }

    private string Elapsed(string since) =>
        DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && world.Clock.GetUtcNow() - at is { Ticks: > 0 } elapsed
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes}:{elapsed.Seconds:00}")
            : "0:00";

    private static Style Colour(string state) => new(state switch
    {
        "succeeded" or "finished" => Color.Green,
        "failed" => Color.Red,
        "in_process" => Color.Aqua,
        _ => Color.Default,
    });
}
