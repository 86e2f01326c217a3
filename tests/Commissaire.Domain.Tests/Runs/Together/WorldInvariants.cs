using System.Collections.Concurrent;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Runs.Together;

/// <summary>
/// What is true of a run and its hosts together, whatever becomes of messages, machines and the server: properties over stories that end with
/// everything well again, or with everything dead.
/// </summary>
public sealed class WorldInvariants
{
    private const int Stories = 500;
    private static readonly ShellOutcome Lost = new ShellOutcome.Interrupted("reset");
    private static readonly ShellOutcome Refused = new ShellOutcome.Unreachable("refused");
    private static readonly ShellOutcome Late = new ShellOutcome.TimedOut(TimeSpan.FromSeconds(5));

    private static readonly Gen<TurnPlan> Plan = Gen.Select(
        Gen.OneOfConst(RunScenario.Restart, RunScenario.Restart, RunScenario.Upgrade, RunScenario.Upgrade with { Reboot = RebootPolicy.Never }),
        Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false))), Gen.OneOfConst(10, 60), Gen.Enum<DrainTimeoutPolicy>())
        .Select((plan, drain, timeout, policy) => plan with { Drain = drain, DrainTimeout = TimeSpan.FromSeconds(timeout), OnDrainTimeout = policy });

    private static readonly Gen<RunOptions> Options = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.OneOfConst(0, 0, 20), Plan)
        .Select((unavailable, failures, soak, plan) => RunScenario.Options($"{unavailable}", $"{failures}", soak, plan));

    private static readonly Gen<Action<World>> Step = Gen.Frequency<Action<World>>(
        (12, Gen.Int[0, 11].Select(which => new Action<World>(w => w.Deliver(which, 1)))),
        (1, Gen.Int[0, 11].Select(which => new Action<World>(w => w.Deliver(which, 0)))),
        (2, Gen.Int[0, 11].Select(which => new Action<World>(w => w.Deliver(which, 2)))),
        (8, Gen.Int[0, 5].Select(which => new Action<World>(w => w.Finish(which, outcome => outcome)))),
        (2, Gen.Select(Gen.Int[0, 5], Gen.Bool).Select((which, done) => new Action<World>(w => w.Finish(which, _ => Lost, done)))),
        (1, Gen.Int[0, 5].Select(which => new Action<World>(w => w.Finish(which, _ => Refused, done: false)))),
        (1, Gen.Select(Gen.Int[0, 5], Gen.Bool).Select((which, done) => new Action<World>(w => w.Finish(which, _ => Late, done)))),
        (1, Gen.Int[0, 5].Select(which => new Action<World>(w => w.Finish(which, _ => HostScenario.Exit(1, "", "no mirror"), done: false)))),
        (5, Gen.Int[0, 5].Select(which => new Action<World>(w => GoDown(w.Machines[w.HostAt(which).Address.Value])))),
        (1, Gen.Int[0, 5].Select(which => new Action<World>(w => w.Machines[w.HostAt(which).Address.Value].Reboot()))),
        (2, Gen.Select(Gen.Int[0, 5], Gen.Bool).Select((which, away) => new Action<World>(w => w.Machines[w.HostAt(which).Address.Value].Away = away))),
        (1, Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3]).Select((which, key) => new Action<World>(w => w.Machines[w.HostAt(which).Address.Value].AnotherKey = key == 0))),
        (3, Gen.Int[0, 5].Select(which => new Action<World>(w => w.Check(which)))),
        (4, Gen.Int[1, 15].Select(seconds => new Action<World>(w => w.Wait(TimeSpan.FromSeconds(seconds))))),
        (2, Gen.Int[60, 700].Select(seconds => new Action<World>(w => w.Wait(TimeSpan.FromSeconds(seconds))))),
        (1, Gen.Bool.Select(goOn => new Action<World>(w => w.Crash(goOn)))),
        (1, Gen.Int[0, 3].Select(silent => new Action<World>(w => w.ManagerIsSilent = silent == 0))),
        (1, Gen.OneOfConst<Func<RunId, RunCommand>>(run => new RunCommand.Pause(run, "ops"), run => new RunCommand.Resume(run, "ops"))
            .Select(make => new Action<World>(w => w.Tell(make(w.Run.Run))))),
        (3, Gen.Const(new Action<World>(w => w.Retry()))),
        (1, Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9]).Select((which, leaves) => new Action<World>(w => Leave(w, which, leaves)))));

    private static readonly Gen<(int, RunOptions, int, (Action<World>[], bool, Action<World>[]))> Story = Gen.Select(
        Gen.Int[1, 5], Options, Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, 63])), Gen.Select(Step.Array[0, 150], Gen.Bool, Step.Array[0, 100]));

    [Fact]
    public void No_host_is_rebooted_twice_in_a_turn() => Sample(world =>
    {
        Settle(world, well: true);
        Assert.All(world.Machines.Values, m => Assert.All(m.Reboots.Values, times => Assert.Equal(1, times)));
    });

    [Fact]
    public void The_run_and_every_turn_end_when_all_is_well_again() => Sample(world =>
    {
        Settle(world, well: true);
        Assert.False(world.Run.Active, world.ToString());
        Assert.All(world.Hosts.Values, h => Assert.Null(h.Turn));
        Assert.Null(world.Cluster.Holder);
    });

    [Fact]
    public void The_run_and_every_turn_end_when_nothing_answers_any_more() => Sample(world =>
    {
        Settle(world, well: false);
        Assert.False(world.Run.Active, world.ToString());
        Assert.All(world.Hosts.Values, h => Assert.Null(h.Turn));
    });

    [Fact]
    public void What_we_cordoned_is_uncordoned_or_said_to_be_left() => Sample(world =>
    {
        Settle(world, well: true);
        Cordons(world);
    });

    [Fact]
    public void Also_when_nothing_answers_any_more() => Sample(world =>
    {
        Settle(world, well: false);
        Cordons(world);
    });

    [Fact]
    public void What_others_cordoned_stays_cordoned_and_is_not_touched() => Sample(world =>
    {
        Settle(world, well: true);
        var members = world.CordonedByOthers.Where(h => world.Hosts[h.Value].Node is not null).ToList();
        Assert.All(members, h => Assert.NotEqual(world.Run.Run, world.Manager.Cordons[h].Run));
        Assert.All(members, h => Assert.DoesNotContain(world.JournalOf(world.Hosts[h.Value]), e => e is HostEvent.TurnEnded { Outcome: TurnOutcome.Failed, LeftCordoned: true, Step: TurnSteps.WaitForReboot }));
    });

    [Fact]
    public void No_more_members_are_really_out_by_our_doing_than_may_be() => Sample(world =>
    {
        Settle(world, well: true);
        Assert.True(world.MostOut <= world.Run.Definition!.MaxUnavailable, world.ToString());
    });

    // Guards the properties themselves: stories in which nothing happens would prove nothing.
    [Fact]
    public void Stories_reach_what_matters()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        void Count(string what, bool so) => seen.AddOrUpdate(what, so ? 1 : 0, (_, n) => n + (so ? 1 : 0));
        Sample(world =>
        {
            var all = world.Hosts.Values.SelectMany(world.JournalOf).ToList();
            Count("rebooted", world.Machines.Values.Any(m => m.Reboots.Count > 0));
            Count("another attempt", world.Machines.Values.Any(m => m.Reboots.Keys.Any(k => k.Attempt > 1)));
            Count("left cordoned", all.OfType<HostEvent.TurnEnded>().Any(e => e.LeftCordoned));
            Count("cordoned by others", all.OfType<HostEvent.TurnFoundCordon>().Any());
            Count("went well", all.OfType<HostEvent.TurnEnded>().Any(e => e.Outcome == TurnOutcome.Succeeded));
            Count("left", world.Run.Hosts.Values.Any(h => h.Phase == RunHostPhase.Left));
            Count("held", world.RunJournal.OfType<RunEvent.Held>().Any());
            Count("done", world.Run.Status == RunStatus.Finished);
        });
        Assert.All(seen, s => Assert.True(s.Value > Stories / 100, $"{s.Key}: {s.Value}"));
    }

    private static void Cordons(World world)
    {
        foreach (var (host, cordon) in world.Manager.Cordons.Where(c => c.Value.Run == world.Run.Run))
        {
            var how = world.Run.Hosts[host.Value];
            var ended = world.JournalOf(world.Hosts[host.Value]).OfType<HostEvent.TurnEnded>().LastOrDefault();
            Assert.True(how.LeftCordoned || how.Phase == RunHostPhase.Left, $"{host} was left cordoned at {cordon.At}, and {ended} did not say so");
        }
    }

    private static void GoDown(Machine machine)
    {
        if (machine.Rebooting)
        {
            machine.Reboot();
        }
    }

    private static void Leave(World world, int which, int leaves)
    {
        if (leaves == 0)
        {
            world.Tell(new HostCommand.Leave(world.HostAt(which).Address, HostScenario.Blue));
        }
    }

    // All letters arrive, machines do as they are told or are gone for good, and time passes.
    private static void Settle(World world, bool well)
    {
        foreach (var machine in world.Machines.Values)
        {
            (machine.Away, machine.AnotherKey) = (!well, false);
        }

        world.ManagerIsSilent = !well;
        world.Tell(new RunCommand.Resume(world.Run.Run, "ops"));
        for (var round = 0; round < 1_000 && (world.Run.Active || world.Hosts.Values.Any(h => h.Turn is not null) || world.Cluster.Holder is not null); round++)
        {
            DeliverAll(world);
            for (var host = 0; host < world.Hosts.Count; host++)
            {
                world.Finish(host, outcome => outcome);
                GoDown(world.Machines[world.HostAt(host).Address.Value]);
                world.Check(host);
            }

            world.Wait(TimeSpan.FromSeconds(10));
        }

        DeliverAll(world);
    }

    private static void DeliverAll(World world)
    {
        for (var letters = 0; letters < 500 && world.MailIsThere; letters++)
        {
            world.Deliver(letters, 1);
        }
    }

    private static void Sample(Action<World> ended) => Story.Sample(story =>
    {
        var (hosts, options, cordoned, (first, pausing, then)) = story;
        var world = new World(hosts, options, cordoned);
        Array.ForEach(first, step => step(world));
        if (pausing)
        {
            Settle(world, well: true);
            world.Retry();
        }

        Array.ForEach(then, step => step(world));
        ended(world);
    }, iter: Stories);
}
