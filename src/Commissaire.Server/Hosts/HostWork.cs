using Commissaire.Bootstrap;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

/// <summary>What host actors work with.</summary>
internal sealed record HostWork(
    IRemoteShell Shell, HostDirectory Directory, SecretStore Secrets, BootstrapSettings Bootstrap, WatchSchedule Watch, TimeProvider Clock, Metrics Measurements);
