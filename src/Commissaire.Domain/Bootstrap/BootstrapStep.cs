using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>A step of a bootstrap. Running it again is harmless.</summary>
/// <param name="Name">The name of the step in events and history.</param>
/// <param name="Command">The command, run as root; null when the container manager prepares it, or when this version does not know the step.</param>
/// <param name="Deadline">How long it may take.</param>
public sealed record BootstrapStep(string Name, ShellCommand? Command, TimeSpan Deadline);
