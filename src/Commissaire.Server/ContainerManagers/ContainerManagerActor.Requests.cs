using System.Text;
using Commissaire.ContainerManagers.Kubernetes;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

// Requests to the API of the container manager, which never block the actor, and their results.
internal sealed partial class ContainerManagerActor
{
    /// <summary>How long a preview of a node, with an eviction of each of its pods, may take.</summary>
    public static readonly TimeSpan PreviewTimeout = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan DescribeTimeout = TimeSpan.FromSeconds(5);

    private readonly HashSet<(HostAddress Host, Type Command)> _pending = [];

    // The last request that adds or removes the node of a host. These requests run one after the other: a removal that overtakes an
    // addition would find nothing, and the node would outlive its host.
    private readonly Dictionary<HostAddress, Task> _queues = [];

    /// <summary>Handles a command by a request to the API; returns false if the state alone decides.</summary>
    private bool Request(ContainerManagerCommand command)
    {
        var joins = _state.JoinsByKubeadm;
        switch (command)
        {
            case EnsureNode c:
                Send(c.Host, c, async (client, ct) =>
                {
                    var problem = await client.EnsureNode(
                        c.Host, c.Cluster, c.Existing ? NodeOrigin.Existing : joins ? NodeOrigin.Joined : NodeOrigin.Created, ct);
                    return new HostCommand.NodeReported(c.Host, _state.Name, true, problem)
                    {
                        NotJoined = problem == IContainerManager.NodeNotRegistered,
                    };
                }, error => new HostCommand.NodeReported(c.Host, _state.Name, true, error));
                return true;
            case FindNode c:
                Send(c.Host, c,
                    async (client, ct) => new HostCommand.NodeFound(c.Host, _state.Name, await client.FindNode(c.Host, ct), null),
                    error => new HostCommand.NodeFound(c.Host, _state.Name, null, error));
                return true;
            case RemoveNode { Release: true } c:
                Send(c.Host, c, async (client, ct) =>
                {
                    await client.Release(c.Host, ct);
                    return new HostCommand.NodeReported(c.Host, _state.Name, false, null);
                }, error => new HostCommand.NodeReported(c.Host, _state.Name, false, error));
                return true;
            case RemoveNode c:
                Send(c.Host, c, async (client, ct) =>
                {
                    await client.Remove(c.Host, joins, c.JoinedSince, ct);
                    if (joins)
                    {
                        await _secrets.RemoveAll($"join/{c.Host}");
                    }

                    return new HostCommand.NodeReported(c.Host, _state.Name, false, null);
                }, error => new HostCommand.NodeReported(c.Host, _state.Name, false, error));
                return true;
            case GetReadiness c:
                Send(c.Host, c, async (client, ct) =>
                {
                    var (usable, reason) = await client.GetReadiness(c.Host, c.Cluster, ct);
                    return new HostCommand.ReadinessReported(c.Host, _state.Name, usable, reason);
                }, _ => null);
                return true;
            case TakeNodeStep c:
                Send(c.Host, c, async (client, ct) =>
                {
                    var progress = await client.TakeStep(c, ct);
                    return new HostCommand.NodeStepReported(
                        c.Host, _state.Name, c.Run, c.Step, progress.Done, progress.CordonedByOthers, progress.Detail)
                    {
                        Failure = progress.Failure,
                    };
                }, error => new HostCommand.NodeStepReported(c.Host, _state.Name, c.Run, c.Step, false, false, error));
                return true;
            case PrepareJoin c when _state.JoinsByKubeadm:
                // The configuration goes through the secret store, so that no message contains the token.
                Send(c.Host, c, async (client, ct) =>
                {
                    var configuration = Encoding.UTF8.GetBytes(await client.PrepareJoin(c.Host, ct));
                    await _secrets.RemoveAll($"join/{c.Host}");
                    return new HostCommand.JoinPrepared(c.Host, _state.Name, await _secrets.Add($"join/{c.Host}", configuration), null);
                }, error => new HostCommand.JoinPrepared(c.Host, _state.Name, null, $"container manager '{_state.Name}': {error}"));
                return true;
            case DescribeNode c:
                DescribeNode(c.Host);
                return true;
            case PreviewNode c:
                PreviewNode(c);
                return true;
            case ContainerManagerCommand.Describe when _lastProbe is { } probe:
                Sender.Tell(new ContainerManagerReply.Reached(_state.Definition!, probe.Reachable, probe.Error));
                return true;
            default:
                return false;
        }
    }

    // A command that a host repeats while its request is pending is answered once.
    private void Send(
        HostAddress host, ContainerManagerCommand command, Func<IContainerManager, CancellationToken, Task<HostCommand>> request,
        Func<string, HostCommand?> onError)
    {
        if (_pending.Add((host, command.GetType())))
        {
            var client = _closing.Token;
            var answered = command switch
            {
                TakeNodeStep => WithClient(_steps, request),
                GetReadiness => WithClient(_checks, request),
                _ => InQueue(host, before => WithClient(_nodes, request, before)),
            };
            answered.PipeTo(
                Self, ActorRefs.NoSender,
                answer => new RequestEnded((host, command.GetType()), answer, null, client),
                cause => new RequestEnded(
                    (host, command.GetType()), onError(KubernetesErrors.Explain(Unwrap(cause))), Unwrap(cause), client));
        }
    }

    private Task<T> InQueue<T>(HostAddress host, Func<Task, Task<T>> request)
    {
        var own = request(_queues.GetValueOrDefault(host) ?? Task.CompletedTask);
        _queues[host] = own.ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return own;
    }

    private void OnRequestEnded(RequestEnded ended)
    {
        if (ended.Request is { } request)
        {
            _pending.Remove(request);
            if (_queues.TryGetValue(request.Host, out var last) && last.IsCompleted)
            {
                _queues.Remove(request.Host);
            }
        }

        // Ignore the result of a closed client; hosts repeat their requests.
        if (ended.Client != _closing.Token)
        {
            return;
        }

        // The next request opens a client, which reads the certificates again.
        if (ended.Error is { } error && (KubernetesErrors.NeedsNewClient(error) || error is FormatException))
        {
            _client = null;
        }

        OnReachability(ended.Error, isProbe: ended.Request is null);
        if (ended.Answer is { } answer)
        {
            Hosts.Tell(answer);
        }
    }

    private void DescribeNode(HostAddress host)
    {
        var sender = Sender;
        WithClient(_displays, (client, ct) => client.Describe(host, ct), timeout: DescribeTimeout).PipeTo(
            sender, Self, facts => new ContainerManagerReply.NodeDetail(facts), cause => new ContainerManagerReply.NodeDetail(
                [new NodeFact("status", "Unknown"), new NodeFact("reason", KubernetesErrors.Explain(Unwrap(cause)))]));
    }

    private void PreviewNode(PreviewNode c)
    {
        var sender = Sender;
        var preview = WithClient(_displays, async (client, ct) =>
        {
            var node = await client.FindNode(c.Host, ct);
            return new ContainerManagerReply.NodePreviewed(node, c.Drains ? await client.PreviewDrain(c.Host, ct) : [], null);
        }, timeout: PreviewTimeout);
        preview.PipeTo(
            sender, Self, previewed => previewed,
            cause => new ContainerManagerReply.NodePreviewed(null, [], KubernetesErrors.Explain(Unwrap(cause))));
    }

    private static Exception Unwrap(Exception cause) => cause is AggregateException { InnerException: { } inner } ? inner : cause;

    private sealed record RequestEnded(
        (HostAddress Host, Type Command)? Request, HostCommand? Answer, Exception? Error, CancellationToken Client)
        : INoSerializationVerificationNeeded;
}
