using System.Text.Json.Serialization;

namespace Commissaire.Runs;

/// <summary>A query to a run.</summary>
[JsonDerivedType(typeof(RunQuery.Describe), "run/query/describe/1")]
public abstract record RunQuery(RunId Run) : IForRun
{
    /// <summary>Describe the run.</summary>
    public sealed record Describe(RunId Run) : RunQuery(Run);
}

/// <summary>A reply of a run.</summary>
[JsonDerivedType(typeof(RunReply.Described), "run/reply/described/1")]
[JsonDerivedType(typeof(RunReply.Refused), "run/reply/refused/1")]
public abstract record RunReply
{
    private RunReply() { }

    /// <summary>The command was accepted, or changed nothing; this is the run now.</summary>
    public sealed record Described(RunView View) : RunReply;

    /// <summary>The command was refused; nothing changed.</summary>
    public sealed record Refused(RunRefusal Why) : RunReply;
}

/// <summary>Why a run refuses a command.</summary>
public enum RunRefusal
{
    /// <summary>The run does not exist.</summary>
    NotFound,

    /// <summary>The run is finished.</summary>
    Over,

    /// <summary>No host of the run failed or was left out.</summary>
    NothingToRetry,
}
