using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>One named piece of a bootstrap. Running it again is harmless.</summary>
/// <param name="Name">The name events and history carry.</param>
/// <param name="Command">What is said to the host, as root.</param>
/// <param name="Deadline">How long it may take.</param>
public sealed record BootstrapStep(string Name, ShellCommand Command, TimeSpan Deadline);
