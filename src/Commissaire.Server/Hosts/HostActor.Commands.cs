using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

// Commands on the host, one at a time: the state hands out the next when this one has ended.
internal sealed partial class HostActor
{
    private (HostTask Task, CancellationTokenSource Cancellation)? _running;

    private void Run(HostTask task, ShellCommand command, TimeSpan deadline) =>
        Start(task, (target, ct) => _services.Shell.Run(TracedWork(task), target, command, deadline, ct));

    // The configuration is taken out of the secret store: if the process dies now, the host asks for another.
    private void RunJoin(HostEffect.RunJoin join)
    {
        var task = new HostTask.BootstrapStep(KubeadmSteps.Join);
        Start(task, async (target, ct) =>
        {
            var configuration = await _services.Secrets.Read(join.SecretId, ct);
            await _services.Secrets.Remove(join.SecretId);
            if (configuration is null)
            {
                return new ShellOutcome.NoCredentials("the join configuration is missing; the next attempt prepares another");
            }

            var outcome = await _services.Shell.Run(TracedWork(task), target, KubeadmJoin.Command(configuration), join.Deadline, ct);
            var text = Encoding.UTF8.GetString(configuration);
            return outcome is ShellOutcome.Completed done
                ? done with { Output = KubeadmJoin.Redact(done.Output, text), Error = KubeadmJoin.Redact(done.Error, text) }
                : outcome;
        });
    }

    private void Start(HostTask task, Func<RemoteTarget, CancellationToken, Task<ShellOutcome>> command)
    {
        var r = _state.Registration!;
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _running = (task, cancellation);
        command(new RemoteTarget(_state.Address, r.Port, r.RemoteUser, r.SecretId, _state.HostKey), cancellation.Token).PipeTo(
            Self, ActorRefs.NoSender,
            outcome => new CommandEnded(cancellation, task, outcome),
            cause => new CommandEnded(cancellation, task, NotTried(cause)));
    }

    // What a host or its connection does is an outcome. An exception is a failure of ours, mostly of the database with the private key.
    private ShellOutcome.NotTried NotTried(Exception cause)
    {
        var reason = cause.GetBaseException().Message;
        LogNotTried(_services.Log, _state.Address, reason);
        return new ShellOutcome.NotTried(reason);
    }

    [LoggerMessage(LogLevel.Warning, "Host {Host} was not contacted, and is tried again: {Reason}")]
    private static partial void LogNotTried(ILogger log, HostAddress host, string reason);

    private void OnCommandEnded(CommandEnded ended)
    {
        var cancelled = ended.Cancellation.IsCancellationRequested;
        ended.Cancellation.Dispose();
        _running = null;
        if (cancelled)
        {
            _state = _state.CommandCancelled();
            Work(null);
        }
        else
        {
            Decide(new HostCommand.CommandCompleted(_state.Address, ended.Task, ended.Outcome));
        }
    }

    private void CancelObsoleteCommand()
    {
        if (_running is { } running && _state.IsObsolete(running.Task))
        {
            running.Cancellation.Cancel();
        }
    }

    private sealed record CommandEnded(CancellationTokenSource Cancellation, HostTask Task, ShellOutcome Outcome)
        : INoSerializationVerificationNeeded;
}
