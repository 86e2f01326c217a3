using System.Globalization;
using Commissaire.Contracts.Runs;
using Commissaire.Output;
using Spectre.Console;

namespace Commissaire.Runs;

/// <summary>Shows a run as a table of its hosts that is redrawn in place.</summary>
internal sealed class LiveRunView(CliEnvironment environment) : IRunView
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private RunResource? _run;
    private string _notice = "";

    public async Task<ApiResponse> Show(RunResource run, Func<Task<ApiResponse>> waitForEnd)
    {
        _run = run;
        var settings = new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes };
        settings.Out = new AnsiConsoleOutput(environment.Error);
        var console = AnsiConsole.Create(settings);
        return await console.Live(Render()).Overflow(VerticalOverflow.Ellipsis).StartAsync(async display =>
        {
            using var ended = new CancellationTokenSource();
            var refresh = Refresh(display, ended.Token);
            try
            {
                return await waitForEnd();
            }
            finally
            {
                await ended.CancelAsync();
                await refresh;
            }
        });
    }

    public void Update(RunResource run)
    {
        lock (_lock)
        {
            (_run, _notice) = (run, "");
        }
    }

    public void WriteNotice(string text)
    {
        lock (_lock)
        {
            _notice = text;
        }
    }

    private async Task Refresh(LiveDisplayContext display, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(RefreshInterval, environment.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                display.UpdateTarget(Render());
            }
        }
        catch (OperationCanceledException)
        {
            display.UpdateTarget(Render());
        }
    }

    private Rows Render()
    {
        lock (_lock)
        {
            var run = _run!;
            var hosts = run.Hosts ?? [];
            var table = new Spectre.Console.Table().Border(TableBorder.None).AddColumns("HOST", "STATE", "STEP", "FOR", "").Expand();
            foreach (var host in hosts)
            {
                table.AddRow(
                    Cell(host.Address), Cell(host.Outcome, StyleOf(host.Outcome)), Cell(host.Step),
                    Cell(host.Outcome == "in_process" ? Elapsed(host.Since) : ""), Cell(host.Reason));
            }

            var done = hosts.Count(host => host.Outcome is "succeeded" or "skipped");
            var title = $"{run.Verb} of {run.Name}, run {run.Id}: {run.Status}, {done} of {hosts.Count} hosts done, "
                + $"{Elapsed(run.StartedAt)} ({run.Reason})";
            return new Rows(Cell(title, StyleOf(run.Status)), table, Cell(_notice, new Style(Color.Yellow)));
        }
    }

    private static Text Cell(string text, Style? style = null) => new(TerminalText.OneLine(text), style);

    private string Elapsed(string since) =>
        DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
        && environment.Clock.GetUtcNow() - start is { Ticks: > 0 } elapsed
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes}:{elapsed.Seconds:00}")
            : "0:00";

    private static Style StyleOf(string state) => new(state switch
    {
        "succeeded" or "finished" => Color.Green,
        "failed" => Color.Red,
        "in_process" => Color.Aqua,
        _ => Color.Default,
    });
}
