using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using Commissaire.Shell;

namespace Commissaire.Hosts;

// What a host has to do with its container manager outside of turns: having a node, and joining.
internal sealed partial class HostActor
{
    private int _refusalsInARow;

    // What the manager could not do is asked again after a pause that grows.
    private void RestBeforeNode(HostCommand.NodeReported reported)
    {
        if (reported.Problem is null)
        {
            _refusalsInARow = 0;
            return;
        }

        Timers.StartSingleTimer(nameof(NodeAgain), NodeAgain.Now, _work.Watch.AfterRefusals(++_refusalsInARow));
    }

    private void AskForNodeAgain()
    {
        foreach (var effect in _state.Due().Where(e => e is HostEffect.RegisterNode or HostEffect.RemoveNode))
        {
            _asked.Remove(effect);
            Perform(effect);
        }
    }

    private void Plan(HostCommand.UseKubeadm told)
    {
        if (_state.AwaitsJoin(told.Manager))
        {
            Decide(new HostCommand.PlanJoin(_state.Address, told.Manager, [.. KubeadmSteps.For(_state.Facts!, _work.Bootstrap).Select(s => s.Name)]));
        }
    }

    // A cluster that has not said yet which manager it has will.
    private void AskToJoin(HostEffect effect)
    {
        if (_running is null && _state.Membership?.Manager is { } manager && _asked.Add(effect))
        {
            ActorRegistry.For(Context.System).Get<ContainerManagerActor>().Tell(new ContainerManagerCommand.PrepareJoin(manager, _state.Address));
        }
    }

    private void Join(HostCommand.JoinPrepared prepared)
    {
        if (prepared.SecretId is { } secret)
        {
            Take(secret).PipeTo(Self, ActorRefs.NoSender,
                configuration => new Joining(configuration, configuration is null ? "what it was to join with is gone" : ""),
                cause => new Joining(null, cause.Message));
        }
        else
        {
            Self.Tell(new Joining(null, prepared.Problem ?? "there is nothing to join with"));
        }
    }

    // Once: should the server die now, another token is asked for.
    private async Task<byte[]?> Take(string secret)
    {
        var configuration = await _work.Secrets.Read(secret, _stopping.Token);
        await _work.Secrets.Remove(secret);
        return configuration;
    }

    private void Join(Joining joining)
    {
        if (_state.Bootstrap?.Started != KubeadmSteps.Join)
        {
            return;
        }

        HostCommand Ended(ShellOutcome outcome) => new HostCommand.RecordStep(_state.Address, KubeadmSteps.Join, outcome);
        if (joining.Configuration is not { } configuration)
        {
            _missesInARow++;
            Decide(Ended(new ShellOutcome.NoCredentials(joining.Problem)));
            WaitForTick(_work.Watch.NextAfter(_state.Status, _missesInARow));
            return;
        }

        var text = Encoding.UTF8.GetString(configuration);
        Run(new HostEffect.RunStep(KubeadmSteps.Join), KubeadmJoin.Command(configuration), _work.Bootstrap.Kubernetes.JoinDeadline, outcome => Ended(outcome is ShellOutcome.Completed done
            ? done with { Output = KubeadmJoin.Redact(done.Output, text), Error = KubeadmJoin.Redact(done.Error, text) }
            : outcome));
    }

    private sealed record Joining(byte[]? Configuration, string Problem) : INoSerializationVerificationNeeded;

    private sealed record NodeAgain : INoSerializationVerificationNeeded
    {
        public static readonly NodeAgain Now = new();
    }
}
