using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Properties of a host after any sequence of commands.</summary>
public sealed class HostInvariantTests : HostSpec
{
    private const int Histories = 2_000;
    private static readonly DateTimeOffset Later = Now.AddHours(1);

    [Fact]
    public void Replaying_the_journal_restores_the_host() => RandomHostCommands.Commands.Sample(commands =>
    {
        var (host, journal) = Apply(commands);
        var replayed = Given([.. journal]).Host;
        Assert.Equal(host.Registration, replayed.Registration);
        (host, replayed) = (host.Resumed(Now), replayed.Resumed(Now));
        Assert.Equal(host.Outstanding(Now), replayed.Outstanding(Now));
        Assert.Equal(host.Due(), replayed.Due());
        if (host.Registration is not null)
        {
            Assert.Equal(host.View() with { LastCheck = default }, replayed.View() with { LastCheck = default });
        }
    }, iter: Histories);

    [Fact]
    public void A_repeated_command_changes_nothing() => RandomHostCommands.Commands.Sample(commands =>
        Apply(commands, (before, command, after) =>
        {
            if (command is not HostCommand.ReadCredentials)
            {
                Assert.Empty(after.Decide(command, Now).Events);
            }
        }), iter: Histories);

    [Fact]
    public void Waking_a_host_changes_nothing() => RandomHostCommands.Commands.Sample(commands =>
        Apply(commands, (_, _, after) => Assert.Empty(after.Decide(new HostCommand.Wake(Host), Now).Events)), iter: Histories);

    [Fact]
    public void A_rejected_command_changes_nothing() => RandomHostCommands.Commands.Sample(commands =>
        Apply(commands, (before, command, _) =>
        {
            var (events, reply) = before.ApplyMessage(command, Now).Decide(command, Now);
            Assert.True(reply is not HostReply.Refused || events.IsEmpty);
        }), iter: Histories);

    [Fact]
    public void A_command_causes_no_event_twice() => RandomHostCommands.Commands.Sample(commands =>
        Apply(commands, (before, command, _) =>
            Assert.Distinct(before.ApplyMessage(command, Now).Decide(command, Now).Events)), iter: Histories);

    [Fact]
    public void A_host_is_in_at_most_one_cluster() => RandomHostCommands.Commands.Sample(commands =>
    {
        var (host, journal) = Apply(commands);
        ResourceName? cluster = null;
        foreach (var @event in journal)
        {
            switch (@event)
            {
                case HostEvent.Registered e:
                    Assert.Null(cluster);
                    cluster = e.Cluster;
                    break;
                case HostEvent.JoinedCluster e:
                    Assert.Null(cluster);
                    cluster = e.Cluster;
                    break;
                case HostEvent.MembershipConfirmed e:
                    Assert.Equal(cluster, e.Cluster);
                    break;
                case HostEvent.LeftCluster e:
                    Assert.Equal(cluster, e.Cluster);
                    cluster = null;
                    break;
            }
        }

        Assert.Equal(cluster, host.Membership?.Cluster);
        Assert.DoesNotContain(host.Departing, left => left == cluster);
    }, iter: Histories);

    [Fact]
    public void A_host_has_at_most_one_node() => RandomHostCommands.Commands.Sample(commands =>
    {
        ResourceName? node = null;
        foreach (var @event in Apply(commands).Journal)
        {
            if (@event is HostEvent.NodeRegistrationStarted started)
            {
                Assert.Null(node);
                node = started.Manager;
            }
            else if (@event is HostEvent.NodeRemovalStarted removing)
            {
                // The node of an unfinished join is removed without having been registered.
                Assert.Equal(node ?? removing.Manager, removing.Manager);
                node = removing.Manager;
            }
            else if (@event is HostEvent.NodeRemoved removed)
            {
                Assert.Equal(node, removed.Manager);
                node = null;
            }
        }
    }, iter: Histories);

    [Fact]
    public void A_host_whose_effects_all_succeed_becomes_ready() => RandomHostCommands.Commands.Sample(commands =>
    {
        var host = Settled(Apply(commands).Host);
        Assert.True(host.Registration is null
            ? host.Idle
            : host.Status == (host.Membership is null ? HostStatus.Disassociated : HostStatus.Active));
    }, iter: Histories);

    [Fact]
    public void A_deleted_host_whose_effects_all_succeed_becomes_idle() => RandomHostCommands.Commands.Sample(commands =>
    {
        var deleted = Apply(commands).Host.After(new HostCommand.Delete(Host));
        Assert.Null(deleted.Registration);
        Assert.True(Settled(deleted).Idle);
        Assert.Empty(RandomHostCommands.AllEffects(Settled(deleted)));
    }, iter: Histories);

    [Fact]
    public void Every_event_has_a_description_and_contains_no_secret() => RandomHostCommands.Commands.Sample(commands =>
    {
        foreach (var @event in Apply(commands).Journal)
        {
            Assert.NotEmpty(HostState.Describe(@event).Summary);
            Assert.False(RandomHostCommands.IsKeyMaterial(@event.ToString()), @event.ToString());
        }
    }, iter: Histories);

    // Guards the other properties: histories that miss an event would not test it.
    [Fact]
    public void Random_histories_reach_every_event()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<Type, bool>();
        RandomHostCommands.Commands.Sample(commands => Apply(commands).Journal.ForEach(e => seen.TryAdd(e.GetType(), true)),
            iter: 5 * Histories);
        Assert.Empty(typeof(HostEvent).GetNestedTypes().Except(seen.Keys));
    }

    private static (HostState Host, List<HostEvent> Journal) Apply(
        Func<HostState, HostCommand>[] commands, Action<HostState, HostCommand, HostState>? onCommand = null)
    {
        var host = new HostState(Host, Settings);
        var journal = new List<HostEvent>();
        foreach (var next in commands)
        {
            var command = next(host);
            journal.AddRange(host.ApplyMessage(command, Now).Decide(command, Now).Events);
            var after = host.After(command);
            onCommand?.Invoke(host, command, after);
            host = after;
        }

        return (host, journal);
    }

    // A turn of a host that lost its node waits for another node until the deadline of its step.
    private static HostState Settled(HostState host) =>
        CompleteEffects(CompleteEffects(host, Now).After(new HostCommand.Wake(Host), Later), Later);

    // Each round completes all effects. From registration to node, with a turn in a run, a host needs fewer than 30 rounds.
    private static HostState CompleteEffects(HostState host, DateTimeOffset now) =>
        Enumerable.Range(0, 30).Aggregate(host, (current, _) => RandomHostCommands.AllEffects(current)
            .Aggregate(
                current, (state, effect) => state.After(RandomHostCommands.Success(effect, state), RemovesNode(effect) ? Later : now)));

    // The removal of a node is repeated until an unfinished join must have ended.
    private static bool RemovesNode(HostEffect effect) => effect is HostEffect.Send(ContainerManagerCommand.RemoveNode);
}
