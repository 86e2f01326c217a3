using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Tests wait far more than they compute.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
