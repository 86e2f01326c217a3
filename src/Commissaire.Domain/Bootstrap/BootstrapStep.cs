using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>One step of a bootstrap. Running it twice is harmless.</summary>
/// <param name="Name">The name of the step in events and history.</param>
/// <param name="Command">The command to run on the host as root; null if the container manager prepares it,
/// or if this version does not know the step.</param>
/// <param name="Deadline">The time limit of the step.</param>
public sealed record BootstrapStep(string Name, ShellCommand? Command, TimeSpan Deadline);
