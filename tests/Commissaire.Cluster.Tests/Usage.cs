using Commissaire.Acceptance.Tests;

namespace Commissaire.Cluster.Tests;

/// <summary>A client that reads and writes continuously through a ready process, as behind a load balancer.</summary>
public sealed class Usage : IAsyncDisposable
{
    // One request may reach a server that stops listening, and one an entity that moves.
    private const int RetriablePerRestart = 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Acceptance.Tests.Server> _servers;
    private readonly List<string> _wrong = [];
    private readonly List<string> _acknowledged = [];
    private readonly Task _using;
    private int _right;
    private int _retriable;

    private Usage(IReadOnlyList<Acceptance.Tests.Server> servers)
    {
        _servers = servers;
        _using = Task.Run(Use);
    }

    public static Usage Start(IReadOnlyList<Acceptance.Tests.Server> servers) => new(servers);

    /// <summary>Waits until more requests have been answered.</summary>
    public async Task WaitForAnswers()
    {
        var before = Volatile.Read(ref _right);
        await Eventually.True(() => Volatile.Read(ref _right) >= before + 10 || _using.IsCompleted, "requests are answered");
    }

    /// <summary>Stops, and asserts that no answer was wrong, few requests per restart failed, and no acknowledged write is lost.</summary>
    public async Task AssertUninterrupted(int restarts)
    {
        await _stop.CancelAsync();
        await _using;
        Assert.Empty(_wrong);
        Assert.True(_retriable <= RetriablePerRestart * restarts, $"{_right} right, {_retriable} to be tried again");
        var there = await Eventually.Matches(
            () => Installation.TryGet(_servers[0], "/clusters"), seen => seen.Code == 200, "the list is there");
        Assert.Empty(_acknowledged.Except(there.Names));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _using;
        _stop.Dispose();
    }

    private async Task Use()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var server = await Ready();
            if (server is null)
            {
                return;
            }

            try
            {
                var answer = i % 2 == 0 ? await server.Get(_acknowledged.Count == 0 ? "/clusters" : $"/cluster/{_acknowledged[^1]}")
                    : await server.Put($"/cluster/made-{i}");
                (_right, _retriable) = (_right + (answer.Code is 200 or 201 ? 1 : 0), _retriable + (answer.Code == 503 ? 1 : 0));
                switch (answer.Code)
                {
                    case 201:
                        _acknowledged.Add($"made-{i}");
                        break;
                    case not (200 or 503):
                        _wrong.Add($"{answer}");
                        break;
                }
            }
            catch (HttpRequestException)
            {
                // It stopped listening after it was ready.
                _retriable++;
            }
        }
    }

    private async Task<Acceptance.Tests.Server?> Ready()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!_stop.IsCancellationRequested)
        {
            foreach (var server in _servers)
            {
                if (await server.IsReady())
                {
                    return server;
                }
            }

            await timer.WaitForNextTickAsync();
        }

        return null;
    }
}
