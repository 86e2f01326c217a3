using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

/// <summary>The services that host actors use.</summary>
internal sealed record HostServices(
    IRemoteShell Shell, HostDirectory Directory, SecretStore Secrets, HostSettings Settings, TimeProvider Clock, Metrics Metrics,
    ChangeLog Changes, ILogger<HostActor> Log);
