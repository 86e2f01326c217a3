using System.Collections.Concurrent;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using CsCheck;
using Step = System.Action<Commissaire.Domain.Tests.Runs.Simulation.SimulatedCluster>;

namespace Commissaire.Domain.Tests.Runs.Simulation;

/// <summary>
/// Properties of a run and its hosts together under lost messages, failing machines and crashes. Each simulation ends with everything
/// healthy, or with nothing answering.
/// </summary>
public sealed class SimulationInvariantTests
{
    private const int Simulations = 500;
    private static readonly ShellOutcome Interrupted = new ShellOutcome.Interrupted("reset");
    private static readonly ShellOutcome ConnectionRefused = new ShellOutcome.Unreachable("refused");
    private static readonly ShellOutcome TimedOut = new ShellOutcome.TimedOut(TimeSpan.FromSeconds(5));

    private static readonly Gen<TurnPlan> Plan = Gen.Select(
        Gen.OneOfConst(RunSamples.Restart, RunSamples.Restart, RunSamples.Upgrade, RunSamples.Upgrade with { Reboot = RebootPolicy.Never }),
        Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false))), Gen.OneOfConst(10, 60), Gen.Enum<DrainTimeoutPolicy>())
        .Select((plan, drain, timeout, policy) =>
            plan with { Drain = drain, DrainTimeout = TimeSpan.FromSeconds(timeout), OnDrainTimeout = policy });

    private static readonly Gen<RunOptions> Options = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.OneOfConst(0, 0, 20), Plan)
        .Select((unavailable, failures, soak, plan) => RunSamples.Options($"{unavailable}", $"{failures}", soak, plan));

    private static readonly Gen<int> Queue = Gen.Int[0, 11];
    private static readonly Gen<int> Host = Gen.Int[0, 5];

    private static readonly Gen<Step> AnyStep = Gen.Frequency<Step>(
        (12, Queue.Select(queue => new Step(c => c.Deliver(queue, 1)))),
        (1, Queue.Select(queue => new Step(c => c.Deliver(queue, 0)))),
        (2, Queue.Select(queue => new Step(c => c.Deliver(queue, 2)))),
        (8, Host.Select(host => new Step(c => c.CompleteCommand(host, outcome => outcome)))),
        (2, Gen.Select(Host, Gen.Bool).Select((host, execute) => new Step(c => c.CompleteCommand(host, _ => Interrupted, execute)))),
        (1, Host.Select(host => new Step(c => c.CompleteCommand(host, _ => ConnectionRefused, execute: false)))),
        (1, Gen.Select(Host, Gen.Bool).Select((host, execute) => new Step(c => c.CompleteCommand(host, _ => TimedOut, execute)))),
        (1, Host.Select(host => new Step(c => c.CompleteCommand(host, _ => HostSamples.Exit(1, "", "no mirror"), execute: false)))),
        (5, Host.Select(host => new Step(c => FinishReboot(c.MachineAt(host))))),
        (1, Host.Select(host => new Step(c => c.MachineAt(host).Reboot()))),
        (2, Gen.Select(Host, Gen.Bool).Select((host, unreachable) => new Step(c => c.MachineAt(host).Unreachable = unreachable))),
        (1, Gen.Select(Host, Gen.Int[0, 3]).Select((host, key) => new Step(c => c.MachineAt(host).HasAnotherKey = key == 0))),
        (3, Host.Select(host => new Step(c => c.Check(host)))),
        (4, Gen.Int[1, 15].Select(seconds => new Step(c => c.Wait(TimeSpan.FromSeconds(seconds))))),
        (2, Gen.Int[60, 700].Select(seconds => new Step(c => c.Wait(TimeSpan.FromSeconds(seconds))))),
        (1, Gen.Bool.Select(commandsContinue => new Step(c => c.Crash(commandsContinue)))),
        (1, Gen.Int[0, 3].Select(down => new Step(c => c.ManagerIsDown = down == 0))),
        (1, Gen.OneOfConst<Func<RunId, RunCommand>>(run => new RunCommand.Pause(run, "ops"), run => new RunCommand.Resume(run, "ops"))
            .Select(make => new Step(c => c.Handle(make(c.Run.Run))))),
        (3, Gen.Const(new Step(c => c.Retry()))),
        (1, Gen.Select(Host, Gen.Int[0, 9]).Select((host, leaves) => new Step(c => Leave(c, host, leaves)))));

    private static readonly Gen<(int, RunOptions, int, (Step[], bool, Step[]))> AnySimulation = Gen.Select(
        Gen.Int[1, 5], Options, Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, 63])),
        Gen.Select(AnyStep.Array[0, 150], Gen.Bool, AnyStep.Array[0, 100]));

    [Fact]
    public void No_host_is_rebooted_twice_in_a_turn() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: true);
        Assert.All(cluster.Machines.Values, m => Assert.All(m.Reboots.Values, times => Assert.Equal(1, times)));
    });

    [Fact]
    public void The_run_and_every_turn_end_when_everything_is_healthy() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: true);
        Assert.False(cluster.Run.Active, cluster.ToString());
        Assert.All(cluster.Hosts.Values, h => Assert.Null(h.Turn));
        Assert.Null(cluster.Cluster.Holder);
    });

    [Fact]
    public void The_run_and_every_turn_end_when_nothing_answers() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: false);
        Assert.False(cluster.Run.Active, cluster.ToString());
        Assert.All(cluster.Hosts.Values, h => Assert.Null(h.Turn));
    });

    [Fact]
    public void Cordoned_nodes_are_uncordoned_or_reported() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: true);
        AssertCordonsReported(cluster);
    });

    [Fact]
    public void Cordoned_nodes_are_reported_when_nothing_answers() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: false);
        AssertCordonsReported(cluster);
    });

    [Fact]
    public void Nodes_cordoned_by_others_stay_cordoned() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: true);
        var members = cluster.CordonedByOthers.Where(h => cluster.Hosts[h.Value].Node is { Phase: NodePhase.Registered }).ToList();
        Assert.All(members, h => Assert.NotEqual(cluster.Run.Run, cluster.Manager.Cordons[h].Run));
        Assert.All(members, h => Assert.DoesNotContain(cluster.JournalOf(cluster.Hosts[h.Value]),
            e => e is HostEvent.TurnEnded { Outcome: TurnOutcome.Failed, LeftCordoned: true, Step: TurnSteps.WaitForReboot }));
    });

    [Fact]
    public void The_run_never_makes_more_members_unavailable_than_allowed() => Sample(cluster =>
    {
        RunToEnd(cluster, healthy: true);
        Assert.True(cluster.MostUnavailable <= cluster.Run.Definition!.MaxUnavailable, cluster.ToString());
    });

    // Guards the other properties: simulations without these situations would not test them.
    [Fact]
    public void Simulations_reach_every_important_situation()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        void Count(string situation, bool reached) => seen.AddOrUpdate(situation, reached ? 1 : 0, (_, n) => n + (reached ? 1 : 0));
        Sample(cluster =>
        {
            var all = cluster.Hosts.Values.SelectMany(cluster.JournalOf).ToList();
            Count("rebooted", cluster.Machines.Values.Any(m => m.Reboots.Count > 0));
            Count("another attempt", cluster.Machines.Values.Any(m => m.Reboots.Keys.Any(k => k.Attempt > 1)));
            Count("left cordoned", all.OfType<HostEvent.TurnEnded>().Any(e => e.LeftCordoned));
            Count("cordoned by others", all.OfType<HostEvent.TurnFoundCordon>().Any());
            Count("succeeded", all.OfType<HostEvent.TurnEnded>().Any(e => e.Outcome == TurnOutcome.Succeeded));
            Count("left", cluster.Run.Hosts.Values.Any(h => h.Phase == RunHostPhase.Left));
            Count("held", cluster.RunJournal.OfType<RunEvent.Held>().Any());
            Count("done", cluster.Run.Status == RunStatus.Finished);
        });
        Assert.All(seen, s => Assert.True(s.Value > Simulations / 100, $"{s.Key}: {s.Value}"));
    }

    private static void AssertCordonsReported(SimulatedCluster cluster)
    {
        foreach (var (host, cordon) in cluster.Manager.Cordons.Where(c => c.Value.Run == cluster.Run.Run))
        {
            var runHost = cluster.Run.Hosts[host.Value];
            var ended = cluster.JournalOf(cluster.Hosts[host.Value]).OfType<HostEvent.TurnEnded>().LastOrDefault();
            Assert.True(runHost.LeftCordoned || runHost.Phase == RunHostPhase.Left,
                $"{host} was left cordoned at {cordon.At}, but {ended} does not report it");
        }
    }

    private static void FinishReboot(SimulatedMachine machine)
    {
        if (machine.Rebooting)
        {
            machine.Reboot();
        }
    }

    private static void Leave(SimulatedCluster cluster, int index, int leaves)
    {
        if (leaves == 0)
        {
            cluster.Handle(new HostCommand.Leave(cluster.HostAt(index).Address, HostSamples.Blue));
        }
    }

    // Delivers all messages and advances time until the run ends. Machines are all healthy or all unreachable.
    private static void RunToEnd(SimulatedCluster cluster, bool healthy)
    {
        foreach (var machine in cluster.Machines.Values)
        {
            (machine.Unreachable, machine.HasAnotherKey) = (!healthy, false);
        }

        cluster.ManagerIsDown = !healthy;
        cluster.Handle(new RunCommand.Resume(cluster.Run.Run, "ops"));
        bool Ended() => !cluster.Run.Active && cluster.Hosts.Values.All(h => h.Turn is null) && cluster.Cluster.Holder is null;
        for (var round = 0; round < 1_000 && !Ended(); round++)
        {
            DeliverAll(cluster);
            for (var host = 0; host < cluster.Hosts.Count; host++)
            {
                cluster.CompleteCommand(host, outcome => outcome);
                FinishReboot(cluster.MachineAt(host));
                cluster.Check(host);
            }

            cluster.Wait(TimeSpan.FromSeconds(10));
        }

        DeliverAll(cluster);
    }

    private static void DeliverAll(SimulatedCluster cluster)
    {
        for (var i = 0; i < 500 && cluster.HasMessages; i++)
        {
            cluster.Deliver(i, 1);
        }
    }

    private static void Sample(Step check) => AnySimulation.Sample(sample =>
    {
        var (hosts, options, cordoned, (first, runToEndFirst, then)) = sample;
        var cluster = new SimulatedCluster(hosts, options, cordoned);
        Array.ForEach(first, step => step(cluster));
        if (runToEndFirst)
        {
            RunToEnd(cluster, healthy: true);
            cluster.Retry();
        }

        Array.ForEach(then, step => step(cluster));
        check(cluster);
    }, iter: Simulations);
}
