using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Together;

/// <summary>
/// A run, its cluster, its hosts, their container manager and their machines, all in memory: who is told what, when, and whether at all is up to
/// the one who tells the story. As with actors, what one tells another arrives in order or not at all.
/// </summary>
internal sealed partial class World
{
    private static readonly RunId Other = RunId.Parse("green.1");
    private readonly Queue<object>[] _mail = [new(), new(), new(), new(), new(), new(), new(), new(), new(), new(), new(), new()];
    private readonly Dictionary<string, List<HostEvent>> _hostJournals = new(StringComparer.Ordinal);
    private readonly List<RunEvent> _runJournal = [];
    private readonly List<ClusterEvent> _clusterJournal = [];
    private DateTimeOffset _woken = RunScenario.Start;
    private readonly Dictionary<string, HostEffect.RunCommand> _running = new(StringComparer.Ordinal);

    public World(int hosts, RunOptions options, int cordonedByOthers)
    {
        foreach (var address in Enumerable.Range(1, hosts).Select(RunScenario.Host))
        {
            _hostJournals[address.Value] = [];
            Hosts[address.Value] = new HostState(address, HostScenario.Settings);
            Machines[address.Value] = new Machine();
            Array.ForEach(HostScenario.Active, e => Happened(address.Value, e));
            Tell(new ContainerManagerCommand.EnsureNode(HostScenario.Kube, address, HostScenario.Blue));
        }

        foreach (var address in Enumerable.Range(1, hosts).Where(n => (cordonedByOthers >> n & 1) == 1).Select(RunScenario.Host))
        {
            Tell(new ContainerManagerCommand.TakeNodeStep(HostScenario.Kube, address, Other, TurnSteps.Cordon, false, "", Now));
            CordonedByOthers.Add(address);
        }

        Array.ForEach(_mail, m => m.Clear());
        Happened(new ClusterEvent.Created(HostScenario.WithKube, Now));
        foreach (var host in Hosts.Values)
        {
            Happened(new ClusterEvent.MemberAdded(host.Address, Now));
            Happened(new ClusterEvent.MemberReported(host.Address, HostStatus.Active, "ready", Now));
        }

        Tell(new ClusterCommand.StartRun(HostScenario.Blue, options, "ops"));
        Run = new RunState(Cluster.Holder!.Run);
        Tell(Cluster.Begin()!);
    }

    public DateTimeOffset Now { get; private set; } = RunScenario.Start;

    public RunState Run { get; private set; } = null!;

    public ClusterState Cluster { get; private set; } = new(HostScenario.Blue);

    public ContainerManagerState Manager { get; private set; } =
        new ContainerManagerState(HostScenario.Kube).Evolve(new ContainerManagerEvent.Created(ContainerManagerType.Trivial, OptionSet.Parse("""{"drain_seconds":20}"""), [], default));

    public SortedDictionary<string, HostState> Hosts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Machine> Machines { get; } = new(StringComparer.Ordinal);

    public HashSet<HostAddress> CordonedByOthers { get; } = [];

    /// <summary>Whether the container manager does nothing and says nothing.</summary>
    public bool ManagerIsSilent { get; set; }

    public IReadOnlyList<RunEvent> RunJournal => _runJournal;

    public IReadOnlyList<HostEvent> JournalOf(HostState host) => _hostJournals[host.Address.Value];

    public bool MailIsThere => _mail.Any(m => m.Count > 0);

    /// <summary>How many members could not carry work because of this run, as they really were when a host that was up began: the most ever.</summary>
    public int MostOut { get; private set; }

    public HostState HostAt(int which) => Hosts.ElementAt(which % Hosts.Count).Value;

    /// <summary>Time passes; what is due by the clock is done, and all that may not have arrived is told again.</summary>
    public void Wait(TimeSpan time)
    {
        Now += time;
        if (Now >= _woken + TimeSpan.FromSeconds(60) && Cluster.Begin() is { } begin)
        {
            _woken = Now;
            Send(begin);
        }

        Tell(new RunCommand.Tick(Run.Run));
        TellAgain();
    }

    public void TellAgain()
    {
        foreach (var host in Hosts.Values.Select(h => h.Address).ToList())
        {
            Tell(new HostCommand.Wake(host));
        }

        foreach (var turn in Run.Turns)
        {
            Send(turn);
        }

        if (Run is { Active: true, Members: null })
        {
            Send(new ClusterCommand.DescribeMembers(HostScenario.Blue, Run.Run));
        }

        if (Run.End is not null)
        {
            Send(new ClusterCommand.EndRun(HostScenario.Blue, Run.Run));
        }
    }

    /// <summary>The server dies and comes back: all that was not written is lost, and commands go on or not as they please.</summary>
    public void Crash(bool commandsGoOn)
    {
        foreach (var (host, running) in _running.ToList())
        {
            if (commandsGoOn && !Machines[host].Away)
            {
                Execute(host, running);
            }
        }

        _running.Clear();
        Array.ForEach(_mail, m => m.Clear());
        Run = _runJournal.Aggregate(new RunState(Run.Run), (s, e) => s.Evolve(e));
        Cluster = _clusterJournal.Aggregate(new ClusterState(HostScenario.Blue), (s, e) => s.Evolve(e));
        foreach (var host in Hosts.Values.ToList())
        {
            Hosts[host.Address.Value] = _hostJournals[host.Address.Value].Aggregate(new HostState(host.Address, HostScenario.Settings), (s, e) => s.Evolve(e)).Resumed(Now);
        }

        if (Cluster.Begin() is { } begin)
        {
            Send(begin);
        }

        TellAgain();
    }

    /// <summary>One letter arrives, or is lost, or comes twice.</summary>
    public void Deliver(int which, int times)
    {
        if (_mail.Where(m => m.Count > 0).ToList() is { Count: > 0 } boxes)
        {
            var letter = boxes[which % boxes.Count].Dequeue();

            // A run that goes on again takes its cluster back with this one: within a server that lives it is not lost.
            for (var time = 0; time < (letter is ClusterCommand.DescribeMembers ? Math.Max(1, times) : times); time++)
            {
                Tell(letter);
            }
        }
    }

    /// <summary>What a machine was told to do comes to an end; the outcome is what the one who tells the story makes of it.</summary>
    public void Finish(int which, Func<ShellOutcome, ShellOutcome> seen, bool done = true)
    {
        if (_running.OrderBy(r => r.Key, StringComparer.Ordinal).ToList() is not { Count: > 0 } running)
        {
            return;
        }

        var (host, run) = running[which % running.Count];
        var machine = Machines[host];
        ShellOutcome outcome = machine.Away ? new ShellOutcome.Unreachable("no route")
            : machine.AnotherKey ? new ShellOutcome.HostKeyChanged(HostScenario.OtherKey)
            : seen(done ? Execute(host, run) : HostScenario.Done(""));
        if (outcome is ShellOutcome.TimedOut && run.Task is HostTask.TurnStep task && TurnSteps.Changes(task.Step) && Hosts[host].Turn is { } turn && turn.Deadline > Now)
        {
            Now = turn.Deadline;
        }

        _running.Remove(host);
        Tell(new HostCommand.CommandCompleted(Hosts[host].Address, run.Task, outcome));
    }

    /// <summary>Somebody has the run go on; one that is over must hold its cluster again first.</summary>
    public void Retry()
    {
        if (Cluster.Decide(new ClusterCommand.ReopenRun(HostScenario.Blue, Run.Run), Now).Reply is ClusterReply.Reopened)
        {
            Tell(new ClusterCommand.ReopenRun(HostScenario.Blue, Run.Run));
            Tell(new RunCommand.Retry(Run.Run, "ops"));
        }
    }

    /// <summary>A host that has no turn is checked.</summary>
    public void Check(int which)
    {
        var host = HostAt(which);
        var machine = Machines[host.Address.Value];
        if (host.TurnStep is null && !_running.ContainsKey(host.Address.Value) && host.Due().Contains(HostScenario.Check))
        {
            ShellOutcome outcome = machine.Away ? new ShellOutcome.Unreachable("no route")
                : machine.AnotherKey ? new ShellOutcome.HostKeyChanged(HostScenario.OtherKey) : HostScenario.Done(machine.Boot);
            Tell(new HostCommand.CommandCompleted(host.Address, new HostTask.Check(), outcome));
        }
    }

    /// <summary>All that was written, for whoever looks into a story that went wrong.</summary>
    public override string ToString() => string.Join('\n', _runJournal.Select(e => (e.At, "run", (object)e))
        .Concat(_hostJournals.SelectMany(j => j.Value.Where(e => e.At >= RunScenario.Start).Select(e => (e.At, j.Key, (object)e))))
        .Concat(_clusterJournal.Select(e => (e.At, "cluster", (object)e))).OrderBy(e => e.At).Select(e => $"{e.At:T} {e.Item2}: {e.Item3}"));

    private int ReallyOut() =>
        Run.Turns.Select(t => t.Host)
            .Union(Manager.Cordons.Where(c => c.Value.Run == Run.Run && Run.Hosts[c.Key.Value].Phase != RunHostPhase.Left).Select(c => c.Key))
            .Union(Hosts.Values.Where(FailedInItsTurn).Select(h => h.Address)).Count();

    // And has not been found well since.
    private bool FailedInItsTurn(HostState host) => host is { Status: HostStatus.Failed, Membership: not null }
        && Run.Hosts.GetValueOrDefault(host.Address.Value) is { Failures: > 0 } how && how.Failures == host.Failures;

    private void Happened(string host, HostEvent e)
    {
        _hostJournals[host].Add(e);
        Hosts[host] = Hosts[host].Evolve(e);
    }

    private void Happened(ClusterEvent e)
    {
        _clusterJournal.Add(e);
        Cluster = Cluster.Evolve(e);
    }

    private static int Number(HostAddress host) => host.Value[^1] - '0';
}
