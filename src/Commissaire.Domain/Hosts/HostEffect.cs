using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>
/// Work that follows from the state of a host: after a crash between an event and its work, the recovered state requests the work again.
/// Repeating an effect is harmless.
/// </summary>
public abstract record HostEffect
{
    private HostEffect() { }

    /// <summary>Run a command on the host, one at a time; the deadline includes connecting. Effects are equal if their tasks are.</summary>
    public sealed record RunCommand(HostTask Task, ShellCommand Command, TimeSpan Deadline) : HostEffect
    {
        /// <inheritdoc />
        public bool Equals(RunCommand? other) => Task == other?.Task;

        /// <inheritdoc />
        public override int GetHashCode() => Task.GetHashCode();
    }

    /// <summary>Take the join configuration from the secret store, which returns it once, and run <c>kubeadm join</c> with it.</summary>
    public sealed record RunJoin(string SecretId, TimeSpan Deadline) : HostEffect;

    /// <summary>Send a message to the entity that it names. It is sent again until the state no longer asks for it.</summary>
    public sealed record Send(object Message) : HostEffect;
}

/// <summary>The purpose of a command on a host.</summary>
public abstract record HostTask
{
    private HostTask() { }

    /// <summary>Gather the facts. Reads only.</summary>
    public sealed record Investigate : HostTask;

    /// <summary>Check that the host answers, and read its boot ID. Reads only.</summary>
    public sealed record Check : HostTask;

    /// <summary>Run a bootstrap step.</summary>
    public sealed record BootstrapStep(string Step) : HostTask;

    /// <summary>Run a step of the host's turn in a run.</summary>
    public sealed record TurnStep(RunId Run, string Step) : HostTask
    {
        /// <summary>Whether the command tells a host to reboot that was told before, and has not left its boot.</summary>
        public bool RebootsAgain { get; init; }
    }
}
