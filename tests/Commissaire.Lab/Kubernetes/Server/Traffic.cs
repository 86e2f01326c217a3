using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Logs requests, and applies the faults that tests inject.</summary>
internal sealed class Traffic
{
    private readonly ConcurrentQueue<LabRequest> requests = new();
    private readonly Lock guard = new();
    private readonly List<Fault> faults = [];
    private readonly List<Fault> losses = [];
    private ImmutableList<Slowness> slow = [];

    /// <summary>The pods that no client may evict.</summary>
    public ImmutableList<Denial> Denials { get; private set; } = [];

    public ImmutableArray<LabRequest> Requests => [.. requests];

    public void Log(LabRequest request) => requests.Enqueue(request);

    public IDisposable Deny(Denial denial)
    {
        lock (guard)
        {
            Denials = Denials.Add(denial);
        }

        return new Lifted(() =>
        {
            lock (guard)
            {
                Denials = Denials.Remove(denial);
            }
        });
    }

    /// <summary>A status of 0 drops the connection.</summary>
    public void Fail(int count, Func<LabRequest, bool> matches, int status, int? retryAfter)
    {
        lock (guard)
        {
            faults.Add(new Fault { Left = count, Matches = matches, Status = status, RetryAfter = retryAfter });
        }
    }

    public void Redirect(Func<LabRequest, bool> matches, string url)
    {
        lock (guard)
        {
            faults.Add(new Fault { Left = int.MaxValue, Matches = matches, Status = 307, RetryAfter = null, Location = url });
        }
    }

    public void Lose(int count, Func<LabRequest, bool> matches)
    {
        lock (guard)
        {
            losses.Add(new Fault { Left = count, Matches = matches, Status = 0, RetryAfter = null });
        }
    }

    /// <summary>Whether the answer to a request must be lost.</summary>
    public bool Loses(LabRequest request) => Next(losses, request) is not null;

    public IDisposable Delay(Func<LabRequest, bool> matches, TimeSpan time) => Add(new Slowness(this, matches, ct => Task.Delay(time, ct)));

    public IDisposable Hold(Func<LabRequest, bool> matches)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Add(new Slowness(this, matches, released.Task.WaitAsync, () => released.TrySetResult()));
    }

    /// <summary>Delays or fails a request. Returns false if its connection must be dropped.</summary>
    public async Task<bool> Pass(LabRequest request, CancellationToken ct)
    {
        foreach (var slowness in slow.Where(each => each.Matches(request)))
        {
            await slowness.Wait(ct);
        }

        return Next(faults, request) switch
        {
            null => true,
            { Status: 0 } => false,
            { Location: { } url } => throw Errors.Redirect(url + request.Path + request.Query),
            var fault => throw Errors.Trouble(fault.Status, fault.RetryAfter),
        };
    }

    private Slowness Add(Slowness slowness)
    {
        ImmutableInterlocked.Update(ref slow, all => all.Add(slowness));
        return slowness;
    }

    private Fault? Next(List<Fault> planned, LabRequest request)
    {
        lock (guard)
        {
            var fault = planned.Find(each => each.Matches(request));
            if (fault is not null && --fault.Left <= 0)
            {
                planned.Remove(fault);
            }

            return fault;
        }
    }

    /// <summary>A policy or webhook that keeps pods from being evicted.</summary>
    public sealed record Denial(Func<LabPod, bool> Matches, int Status, string Message);

    private sealed class Lifted(Action lift) : IDisposable
    {
        public void Dispose() => lift();
    }

    private sealed class Fault
    {
        public required int Left { get; set; }

        public required Func<LabRequest, bool> Matches { get; init; }

        public required int Status { get; init; }

        public required int? RetryAfter { get; init; }

        public string? Location { get; init; }
    }

    private sealed class Slowness(Traffic traffic, Func<LabRequest, bool> matches, Func<CancellationToken, Task> wait, Action? end = null)
        : IDisposable
    {
        public Func<LabRequest, bool> Matches => matches;

        public Task Wait(CancellationToken ct) => wait(ct);

        public void Dispose()
        {
            ImmutableInterlocked.Update(ref traffic.slow, all => all.Remove(this));
            end?.Invoke();
        }
    }
}
