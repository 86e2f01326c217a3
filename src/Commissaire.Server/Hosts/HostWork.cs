using Commissaire.Bootstrap;
using Commissaire.Security;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>What host actors work with.</summary>
internal sealed record HostWork(
    IRemoteShell Shell, HostDirectory Directory, SecretStore Secrets, BootstrapSettings Bootstrap, WatchSchedule Watch, TimeProvider Clock);
