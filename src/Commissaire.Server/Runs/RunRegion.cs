using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Runs;

/// <summary>Where runs live.</summary>
internal static class RunRegion
{
    /// <summary>One <see cref="RunActor"/> for each run, by cluster and number.</summary>
    public static AkkaConfigurationBuilder WithRuns(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<RunActor, RunId>(EntityDirectory.Run);
}
