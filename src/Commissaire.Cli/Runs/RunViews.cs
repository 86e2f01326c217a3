using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Runs;

/// <summary>Shows people how a run goes.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Shows a run for as long as it is watched.</summary>
    Task<Answer> Show(RunResource run, Func<Task<Answer>> watch);

    /// <summary>Shows how the run is now.</summary>
    void Update(RunResource run);

    /// <summary>Shows something that happened in it.</summary>
    void Tell(StreamedEvent happened);

    /// <summary>Shows something about the watching itself.</summary>
    void Note(string text);
}

/// <summary>Which of the ways to show a run there is room for.</summary>
internal static class RunViews
{
    /// <summary>A picture that is kept up to date where both streams are a terminal, else lines.</summary>
    public static IRunView For(Surroundings world) => world is { OutputIsTerminal: true, ErrorIsTerminal: true } && world.Variable("TERM") is not (null or "" or "dumb")
        ? new LiveRunView(world)
        : new RunLines(world.Error);
}
