using Commissaire.Hosts;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostScenario;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What is true of every host whatever it is told.</summary>
public sealed class HostInvariants : HostSpec
{
    private const int Histories = 2_000;

    [Fact]
    public void A_journal_makes_the_host_again() => AnyHistory.Turns.Sample(turns =>
    {
        var (host, journal) = Live(turns);
        var again = Given([.. journal]).Host;
        Assert.Equal(host.Registration, again.Registration);
        (host, again) = (host.Resumed(Now), again.Resumed(Now));
        Assert.Equal(host.Outstanding(Now), again.Outstanding(Now));
        Assert.Equal(host.Due(), again.Due());
        if (host.Registration is not null)
        {
            Assert.Equal(host.View() with { LastCheck = default }, again.View() with { LastCheck = default });
        }
    }, iter: Histories);

    [Fact]
    public void What_it_is_told_twice_it_is_told_once() => AnyHistory.Turns.Sample(turns => Live(turns, (before, command, after) =>
    {
        if (command is not HostCommand.ReadCredentials)
        {
            Assert.Empty(after.Decide(command, Now).Events);
        }
    }), iter: Histories);

    [Fact]
    public void Waking_it_finds_nothing_left_undone() => AnyHistory.Turns.Sample(turns =>
        Live(turns, (_, _, after) => Assert.Empty(after.Decide(new HostCommand.Wake(Host), Now).Events)), iter: Histories);

    [Fact]
    public void A_refusal_changes_nothing() => AnyHistory.Turns.Sample(turns => Live(turns, (before, command, _) =>
    {
        var (events, reply) = before.ApplyMessage(command, Now).Decide(command, Now);
        Assert.True(reply is not HostReply.Refused || events.IsEmpty);
    }), iter: Histories);

    [Fact]
    public void One_thing_leads_to_a_handful_of_others() => AnyHistory.Turns.Sample(turns =>
        Live(turns, (before, command, _) => Assert.InRange(before.ApplyMessage(command, Now).Decide(command, Now).Events.Length, 0, 5)), iter: Histories);

    [Fact]
    public void It_is_in_one_cluster_at_most() => AnyHistory.Turns.Sample(turns =>
    {
        var (host, journal) = Live(turns);
        ResourceName? cluster = null;
        foreach (var happened in journal)
        {
            switch (happened)
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
    public void It_has_one_node_at_most() => AnyHistory.Turns.Sample(turns =>
    {
        ResourceName? node = null;
        foreach (var happened in Live(turns).Journal)
        {
            if (happened is HostEvent.NodeRegistrationStarted started)
            {
                Assert.Null(node);
                node = started.Manager;
            }
            else if (happened is HostEvent.NodeRemoved removed)
            {
                Assert.Equal(node, removed.Manager);
                node = null;
            }
        }
    }, iter: Histories);

    [Fact]
    public void When_all_that_it_asks_for_is_done_it_is_ready() => AnyHistory.Turns.Sample(turns =>
    {
        var host = Settled(Live(turns).Host);
        Assert.True(host.Registration is null ? host.Idle : host.Status == (host.Membership is null ? HostStatus.Disassociated : HostStatus.Active));
    }, iter: Histories);

    [Fact]
    public void When_it_is_deleted_and_all_is_undone_nothing_is_left() => AnyHistory.Turns.Sample(turns =>
    {
        var deleted = Live(turns).Host.After(new HostCommand.Delete(Host));
        Assert.Null(deleted.Registration);
        Assert.True(Settled(deleted).Idle);
        Assert.Empty(AnyHistory.Asked(Settled(deleted)));
    }, iter: Histories);

    [Fact]
    public void Everything_that_happened_can_be_told_and_none_of_it_is_a_secret() => AnyHistory.Turns.Sample(turns =>
    {
        foreach (var happened in Live(turns).Journal)
        {
            Assert.NotEmpty(HostState.Describe(happened).Summary);
            Assert.False(AnyHistory.IsKeyMaterial(happened.ToString()), happened.ToString());
        }
    }, iter: Histories);

    // Guards the properties themselves: histories that never get anywhere would prove nothing.
    [Fact]
    public void Histories_reach_every_event()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<Type, bool>();
        AnyHistory.Turns.Sample(turns => Live(turns).Journal.ForEach(e => seen.TryAdd(e.GetType(), true)), iter: 5 * Histories);
        Assert.Empty(typeof(HostEvent).GetNestedTypes().Except(seen.Keys));
    }

    private static (HostState Host, List<HostEvent> Journal) Live(
        Func<HostState, HostCommand>[] turns, Action<HostState, HostCommand, HostState>? each = null)
    {
        var host = new HostState(Host, Settings);
        var journal = new List<HostEvent>();
        foreach (var turn in turns)
        {
            var command = turn(host);
            journal.AddRange(host.ApplyMessage(command, Now).Decide(command, Now).Events);
            var after = host.After(command);
            each?.Invoke(host, command, after);
            host = after;
        }

        return (host, journal);
    }

    // Rounds of everything asked for being done; a life from registration to node, with a turn in a run, takes fewer than thirty.
    private static HostState Settled(HostState host) =>
        Enumerable.Range(0, 30).Aggregate(host, (now, _) => AnyHistory.Asked(now).Aggregate(now, (state, effect) => state.After(AnyHistory.Success(effect, state))));
}
