using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Tokens;

/// <summary>Where enrolment tokens live.</summary>
internal static class TokenRegion
{
    /// <summary>One <see cref="TokenActor"/> for each enrolment token, by id.</summary>
    public static AkkaConfigurationBuilder WithTokens(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<TokenActor, ResourceName>(EntityDirectory.Token);
}
