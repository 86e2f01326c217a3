using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.ContainerManagers;

/// <summary>Where container managers live.</summary>
internal static class ContainerManagerRegion
{
    /// <summary>One <see cref="ContainerManagerActor"/> for each container manager, by name.</summary>
    public static AkkaConfigurationBuilder WithContainerManagers(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<ContainerManagerActor, ResourceName>(EntityDirectory.ContainerManager);
}
