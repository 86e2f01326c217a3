using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Hosts;

/// <summary>Where hosts live.</summary>
internal static class HostRegion
{
    /// <summary>One <see cref="HostActor"/> for each host, by address.</summary>
    public static AkkaConfigurationBuilder WithHosts(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<HostActor, HostAddress>(EntityDirectory.Host);
}
