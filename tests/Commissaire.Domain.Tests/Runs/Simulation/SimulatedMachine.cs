using Commissaire.Domain.Tests.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Simulation;

/// <summary>A simulated machine that runs commands, reboots, and can be unreachable.</summary>
internal sealed class SimulatedMachine
{
    private static int _boots;

    public string Boot { get; private set; } = HostSamples.Boot;

    /// <summary>Whether it is shutting down. It still answers.</summary>
    public bool Rebooting { get; private set; }

    public bool Unreachable { get; set; }

    public bool HasAnotherKey { get; set; }

    /// <summary>The number of reboots by each turn.</summary>
    public Dictionary<(RunId Run, int Attempt), int> Reboots { get; } = [];

    /// <summary>Runs a command and returns its outcome.</summary>
    public ShellOutcome Execute(string step, ShellCommand command, (RunId Run, int Attempt) turn)
    {
        switch (step)
        {
            // The script compares boot IDs before it reboots. A machine that is shutting down does not reboot twice.
            case TurnSteps.Reboot when command.Words[^1] == Boot && !Rebooting:
                Rebooting = true;
                Reboots[turn] = Reboots.GetValueOrDefault(turn) + 1;
                return HostSamples.Done("");
            case TurnSteps.Preflight or TurnSteps.WaitForReboot or "check":
                return HostSamples.Done(Boot + "\n");
            case TurnSteps.RebootNeeded:
                return HostSamples.Done(turn.Attempt % 2 == 0 ? "no" : "yes");
            default:
                return HostSamples.Done("Complete!");
        }
    }

    /// <summary>Completes a reboot with a new boot ID.</summary>
    public void Reboot()
    {
        Boot = new Guid(Interlocked.Increment(ref _boots), 0, 0, new byte[8]).ToString("D");
        Rebooting = false;
    }
}
