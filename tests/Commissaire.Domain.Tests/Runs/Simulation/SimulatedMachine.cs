using Commissaire.Domain.Tests.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Simulation;

/// <summary>A simulated machine: it has boots, does what commands say, and may be away.</summary>
internal sealed class SimulatedMachine
{
    private static int _boots;

    public string Boot { get; private set; } = HostSamples.Boot;

    /// <summary>Whether it is on its way down: it still answers.</summary>
    public bool Rebooting { get; private set; }

    /// <summary>Whether it cannot be reached.</summary>
    public bool Unreachable { get; set; }

    public bool HasAnotherKey { get; set; }

    /// <summary>How often it was rebooted by us, for each turn.</summary>
    public Dictionary<(RunId Run, int Attempt), int> Reboots { get; } = [];

    /// <summary>Runs a command to its end, as a real machine would.</summary>
    public ShellOutcome Execute(string step, ShellCommand command, (RunId Run, int Attempt) turn)
    {
        switch (step)
        {
            // The script compares boots in the same breath; a machine on its way down is not sent there twice.
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

    /// <summary>It goes down and comes up, whoever wanted that.</summary>
    public void Reboot()
    {
        Boot = new Guid(Interlocked.Increment(ref _boots), 0, 0, new byte[8]).ToString("D");
        Rebooting = false;
    }
}
