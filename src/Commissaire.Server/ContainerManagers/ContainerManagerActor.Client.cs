using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Storage;

namespace Commissaire.ContainerManagers;

// The client of the API, and how many requests use it at once.
internal sealed partial class ContainerManagerActor
{
    // Each kind of request has its own places: the checks of a large fleet, or of a silent API, delay neither a run nor a display.
    private const int MaxConcurrentRequests = 16;

    private readonly SemaphoreSlim _steps = new(MaxConcurrentRequests);
    private readonly SemaphoreSlim _nodes = new(MaxConcurrentRequests);
    private readonly SemaphoreSlim _checks = new(MaxConcurrentRequests);
    private readonly SemaphoreSlim _displays = new(MaxConcurrentRequests);
    private Task<IContainerManager>? _client;
    private CancellationTokenSource _closing = new();

    private async Task<T> WithClient<T>(
        SemaphoreSlim places, Func<IContainerManager, CancellationToken, Task<T>> request, Task? before = null, TimeSpan? timeout = null)
    {
        var (opening, type) = (Client(), _state.Definition!.Type);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        limit.CancelAfter(timeout ?? Timeout.InfiniteTimeSpan);
        await (before ?? Task.CompletedTask);
        await places.WaitAsync(limit.Token);
        var (started, succeeded) = (Stopwatch.GetTimestamp(), false);
        try
        {
            var result = await request(await opening, limit.Token);
            succeeded = true;
            return result;
        }
        finally
        {
            places.Release();
            _metrics.ManagerAnswered(type, succeeded, started);
        }
    }

    // A client that could not be opened is opened again by the next request.
    private Task<IContainerManager> Client() =>
        _client = _client is null or { IsFaulted: true } or { IsCanceled: true } ? OpenClient() : _client;

    private async Task<IContainerManager> OpenClient()
    {
        var (definition, secrets) = (_state.Definition!, _state.Secrets);
        var token = secrets.FirstOrDefault(s => s.Option == "token") is { } kept ? await ReadToken(kept.SecretId) : null;
        return new KubernetesContainerManager(KubernetesSettings.Read(definition.Options, token), _clock);
    }

    private async Task<string?> ReadToken(string secretId)
    {
        try
        {
            return await _secrets.Read(secretId, CancellationToken.None) is { } token ? Encoding.UTF8.GetString(token) : null;
        }
        catch (CryptographicException e)
        {
            throw new ClientNotOpenedException("the stored token cannot be decrypted: send the token again, or restore the key file", e);
        }
        catch (Exception e) when (Database.IsDatabaseError(e))
        {
            throw new ClientNotOpenedException("Commissaire cannot read the token from its own database, and tries again", e);
        }
    }

    private void CloseClient()
    {
        _closing.Cancel();
        _closing.Dispose();
        _closing = new CancellationTokenSource();
        _ = Close(_client);
        (_client, _lastProbe) = (null, null);
    }

    private static async Task Close(Task<IContainerManager>? opening)
    {
        if (opening is not null)
        {
            await opening.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (opening.IsCompletedSuccessfully)
            {
                (await opening).Dispose();
            }
        }
    }
}
