using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Networks;

/// <summary>Where networks live.</summary>
internal static class NetworkRegion
{
    /// <summary>One <see cref="NetworkActor"/> for each network, by name.</summary>
    public static AkkaConfigurationBuilder WithNetworks(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<NetworkActor, ResourceName>(EntityDirectory.Network);
}
