namespace Commissaire.Server.Tests.Running;

/// <summary>One server for many tests: each uses its own names and addresses.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly string _data = RunningServer.NewDataDirectory();
    private int _names;

    internal RunningServer Server { get; private set; } = null!;

    internal ScriptedShell Shell => Server.Shell;

    /// <summary>An unused name.</summary>
    internal string Name(string kind) => $"{kind}-{Interlocked.Increment(ref _names)}";

    /// <summary>An unused address.</summary>
    internal string Address()
    {
        var number = Interlocked.Increment(ref _names);
        return $"10.1.{number / 250}.{(number % 250) + 1}";
    }

    public async Task InitializeAsync() => Server = await RunningServer.Start(_data, new ScriptedShell());

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class OneServer : ICollectionFixture<SharedServer>
{
    public const string Name = "one server";
}
