using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>A new server, an installation of 2017, and the import of the one by the other.</summary>
public abstract class ImportSpec : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    internal InstallationOf2017 Old { get; private set; } = null!;

    internal ImportRun Import { get; private set; } = null!;

    private protected string[] FromEtcd => ["--from", $"etcd={Old.Url}", "--secrets", $"custodia={Old.Socket}"];

    public async Task InitializeAsync()
    {
        Server = await RunningServer.Start(RunningServer.NewDataDirectory(), new ScriptedShell());
        Old = await InstallationOf2017.Start();
        Import = new ImportRun(Server.Http.BaseAddress!);
        Import.WriteKey("site.key", Keys.One);
        Import.WriteKey("other.key", Keys.Other);
    }

    public async Task DisposeAsync()
    {
        await Old.DisposeAsync();
        await Server.DisposeAsync();
    }
}
