using System.Diagnostics;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Hosts;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

// A container manager that is a server: what hosts ask is asked of it, without holding up anything, and its answer is told them.
internal sealed partial class ContainerManagerActor
{
    private const int AtOnce = 16;
    private static readonly TimeSpan DescribeTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);

    private readonly HashSet<(HostAddress Host, Type What)> _underWay = [];
    private readonly SemaphoreSlim _room = new(AtOnce);
    private Task<IContainerManager>? _nodes;
    private CancellationTokenSource _stopping = new();
    private (bool Reachable, string LastError)? _found;
    private int _missesInARow;

    private void AskServer(ContainerManagerCommand command)
    {
        switch (command)
        {
            case EnsureNode c:
                EnsureNode(c);
                break;
            case PrepareJoin c when _state.JoinsByKubeadm:
                PrepareJoin(c);
                break;
            case RemoveNode c:
                Ask(c.Host, c, async (nodes, ct) =>
                {
                    await nodes.Remove(c.Host, ct);
                    return new HostCommand.NodeReported(c.Host, _state.Name, false, null);
                }, error => new HostCommand.NodeReported(c.Host, _state.Name, false, error));
                break;
            case GetReadiness c:
                Ask(c.Host, c, async (nodes, ct) =>
                {
                    var (usable, reason) = await nodes.GetReadiness(c.Host, ct);
                    return new HostCommand.ReadinessReported(c.Host, _state.Name, usable, reason);
                }, _ => null);
                break;
            case TakeNodeStep c:
                Ask(c.Host, c, async (nodes, ct) =>
                {
                    var progress = await nodes.TakeStep(c, ct);
                    return new HostCommand.NodeStepReported(c.Host, _state.Name, c.Run, c.Step, progress.Done, progress.CordonedByOthers, progress.Detail);
                }, error => new HostCommand.NodeStepReported(c.Host, _state.Name, c.Run, c.Step, false, false, error));
                break;
            case DescribeNode c:
                Describe(c.Host);
                break;
            case ContainerManagerCommand.Describe when _found is { } found:
                Sender.Tell(new ContainerManagerReply.Reached(_state.Definition!, found.Reachable, found.LastError));
                break;
            default:
                Decide(command);
                break;
        }
    }

    // What a host asks again while it is under way is answered once.
    private void Ask(HostAddress host, ContainerManagerCommand what, Func<IContainerManager, CancellationToken, Task<HostCommand>> ask, Func<string, HostCommand?> failed)
    {
        if (_underWay.Add((host, what.GetType())))
        {
            var asked = _stopping.Token;
            InTurn(ask).PipeTo(
                Self, ActorRefs.NoSender,
                answer => new Heard(host, what.GetType(), answer, null, asked),
                cause => new Heard(host, what.GetType(), failed(KubernetesErrors.Explain(Outermost(cause))), Outermost(cause), asked));
        }
    }

    private async Task<T> InTurn<T>(Func<IContainerManager, CancellationToken, Task<T>> ask)
    {
        var (stopping, opening, type) = (_stopping.Token, _nodes ??= Open(), _state.Definition!.Type);
        await _room.WaitAsync(stopping);
        var (asked, well) = (Stopwatch.GetTimestamp(), false);
        try
        {
            var answer = await ask(await opening, stopping);
            well = true;
            return answer;
        }
        finally
        {
            _room.Release();
            _measurements.ManagerAnswered(type, well, asked);
        }
    }

    private async Task<IContainerManager> Open()
    {
        var (definition, secrets) = (_state.Definition!, _state.Secrets);
        var token = secrets.FirstOrDefault(s => s.Option == "token") is { } kept ? await _secrets.Read(kept.SecretId, CancellationToken.None) : null;
        return new KubernetesContainerManager(KubernetesSettings.Read(definition.Options, token is null ? null : Encoding.UTF8.GetString(token)), _clock);
    }

    private void Hear(Heard heard)
    {
        if (heard.What is { } what)
        {
            _underWay.Remove((heard.Host, what));
        }

        // What was asked with other credentials, or of a manager that is gone, says nothing of this one; hosts ask again.
        if (heard.Asked != _stopping.Token)
        {
            return;
        }

        // The next question opens a client anew, with the certificates as they are then.
        if (heard.Error is { } error && (KubernetesErrors.NeedsNewClient(error) || error is FormatException))
        {
            _nodes = null;
        }

        _found = (heard.Error is null || heard.Error is k8s.Autorest.HttpOperationException { Response.StatusCode: not System.Net.HttpStatusCode.Unauthorized },
            heard.Error is null ? "" : KubernetesErrors.Explain(heard.Error));
        if (heard.What is null)
        {
            ProbeAgain(_found is { Reachable: true });
        }

        if (heard.Answer is { } answer)
        {
            ActorRegistry.For(Context.System).Get<HostActor>().Tell(answer);
        }
    }

    private void Describe(HostAddress host)
    {
        var asker = Sender;
        InTurn(async (nodes, ct) =>
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
            soon.CancelAfter(DescribeTime);
            return await nodes.Describe(host, soon.Token);
        }).PipeTo(
            asker, Self, facts => new ContainerManagerReply.NodeDetail(facts), cause => new ContainerManagerReply.NodeDetail(
                [new NodeFact("status", "Unknown"), new NodeFact("reason", KubernetesErrors.Explain(Outermost(cause)))]));
    }

    private void KeepProbing()
    {
        if (_state.IsServer)
        {
            _missesInARow = 0;
            Timers.StartSingleTimer(nameof(Probe), Probe.Now, TimeSpan.Zero);
        }
        else
        {
            Timers.Cancel(nameof(Probe));
        }
    }

    private void ProbeServer()
    {
        var asked = _stopping.Token;
        InTurn(async (nodes, ct) =>
        {
            await nodes.Probe(ct);
            return true;
        }).PipeTo(Self, ActorRefs.NoSender, _ => new Heard(default, null, null, null, asked), cause => new Heard(default, null, null, Outermost(cause), asked));
    }

    // One that is away is looked for soon at first, and not by all managers at the same time.
    private void ProbeAgain(bool reachable)
    {
        _missesInARow = reachable ? 0 : _missesInARow + 1;
        var pause = reachable ? ProbeInterval : TimeSpan.FromSeconds(Math.Min(ProbeInterval.TotalSeconds, Math.Pow(2, Math.Min(_missesInARow - 1, 10))));
        Timers.StartSingleTimer(nameof(Probe), Probe.Now, pause * (0.9 + (0.2 * Random.Shared.NextDouble())));
    }

    private void Forget()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        _ = Close(_nodes);
        (_nodes, _found) = (null, null);
    }

    private static async Task Close(Task<IContainerManager>? opened)
    {
        if (opened is not null)
        {
            await opened.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (opened.IsCompletedSuccessfully)
            {
                (await opened).Dispose();
            }
        }
    }

    private static Exception Outermost(Exception cause) => cause is AggregateException { InnerException: { } inner } ? inner : cause;

    private sealed record Heard(HostAddress Host, Type? What, HostCommand? Answer, Exception? Error, CancellationToken Asked) : INoSerializationVerificationNeeded;

    private sealed record Probe : INoSerializationVerificationNeeded
    {
        public static readonly Probe Now = new();
    }
}
