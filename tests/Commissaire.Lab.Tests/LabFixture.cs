using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

/// <summary>A lab for the tests of one class. Each test adds hosts, which takes about 60 ms.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    public LabEnvironment Lab { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await LabEnvironment.EnsurePrerequisites();
        Lab = await LabEnvironment.Start();
    }

    public Task DisposeAsync() => Lab.DisposeAsync().AsTask();

    public Task<LabHost> Host(LabOs? os = null) => Lab.AddHost(new LabHostOptions { Os = os ?? LabOs.Fedora });
}
