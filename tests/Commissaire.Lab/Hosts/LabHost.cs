using System.Collections.Immutable;
using System.Net;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>Whether a host can be reached.</summary>
public enum HostPower
{
    /// <summary>Its port refuses, until somebody starts it.</summary>
    Off,

    /// <summary>It boots, or is between going down and coming back.</summary>
    Booting,

    /// <summary>Its sshd listens.</summary>
    On,
}

/// <summary>A throw-away host of the lab: a real sshd on an address of its own, in a world of its own.</summary>
public sealed class LabHost : IAsyncDisposable
{
    private readonly LabHostOptions options;
    private readonly HostFiles files;
    private readonly HostState state;
    private readonly Reservation reservation;
    private readonly SemaphoreSlim hands = new(1);
    private readonly Signpost changes = new();
    private CancellationTokenSource plug = new();
    private Task supervision = Task.CompletedTask;
    private HostBoot? boot;
    private Exception? fault;
    private Reboot nextReboot;

    private LabHost(LabHostOptions options, HostFiles files, Reservation reservation)
    {
        this.options = options;
        this.files = files;
        this.reservation = reservation;
        nextReboot = options.Reboot;
        state = new HostState(files, options);
    }

    /// <summary>The distribution it plays.</summary>
    public LabOs Os => options.Os;

    /// <summary>Its address, of 127.0.0.0/8.</summary>
    public IPAddress Address => reservation.Endpoint.Address;

    /// <summary>Its SSH port.</summary>
    public int Port => reservation.Endpoint.Port;

    /// <summary>The key it identifies itself with now.</summary>
    public HostKey HostKey { get; private set; } = new("", "");

    /// <summary>What a known_hosts file would say of it.</summary>
    public string KnownHostsLine => $"[{Address}]:{Port} {HostKey.PublicKey}";

    /// <summary>Of the latest boot, which may still be on its way.</summary>
    public string BootId { get; private set; } = "";

    /// <summary>How many times it has booted, counting the one on its way.</summary>
    public int Boots { get; private set; }

    /// <summary>Whether it can be reached.</summary>
    public HostPower Power { get; private set; }

    /// <summary>The version an <c>atomic</c> host has booted.</summary>
    public string Version => state.Version;

    /// <summary>What becomes of it when it is told to reboot the next time; afterwards that of its options holds again.</summary>
    public Reboot NextReboot
    {
        get => nextReboot;
        set
        {
            nextReboot = value;
            state.Plan(value);
        }
    }

    /// <summary>What its stand-ins were told, oldest first.</summary>
    public ImmutableArray<LabCommand> Commands => LabCommand.ReadLog(files.CommandLog);

    /// <summary>Where that is kept, one JSON object a line.</summary>
    public string CommandLogPath => files.CommandLog;

    /// <summary>What its sshd has said so far, over all boots.</summary>
    public string SshdLog => File.ReadAllText(files.SshdLog);

    /// <summary>Where that is kept.</summary>
    public string SshdLogPath => files.SshdLog;

    /// <summary>Where on the machine a file of the host lies, such as <c>/etc/sysconfig/docker</c>.</summary>
    public string FilePath(string path) => files.Locate(path);

    /// <summary>Makes one of its stand-ins fail, hang, be slow, or print something. The newest script whose pattern matches is followed.</summary>
    public void Script(string command, Behaviour behaviour) => state.Script(command, behaviour);

    /// <summary>Lets the stand-in be itself again.</summary>
    public void Unscript(string command) => state.Unscript(command);

    /// <summary>Sets the version that <c>rpm-ostree upgrade</c> finds from now on.</summary>
    public void Offer(string version) => state.Offer(version);

    /// <summary>Completes when it is on after having booted that many times; fails when a boot failed.</summary>
    public Task WaitForBoot(int boots, CancellationToken ct = default) =>
        WaitUntil(() => Power is HostPower.On && Boots >= boots, ct);

    /// <summary>Completes when it is in that state; fails when a boot failed.</summary>
    public Task WaitFor(HostPower power, CancellationToken ct = default) => WaitUntil(() => Power == power, ct);

    /// <summary>Completes with the first command of its log that the test accepts, once there is one.</summary>
    public async Task<LabCommand> WaitForCommand(Func<LabCommand, bool> accepts, CancellationToken ct = default)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (Commands.FirstOrDefault(accepts) is { } command)
            {
                return command;
            }

            await timer.WaitForNextTickAsync(ct);
        }
    }

    /// <summary>Starts it when it is off; done when its sshd listens.</summary>
    public async Task Start(CancellationToken ct = default)
    {
        await hands.WaitAsync(ct);
        try
        {
            if (!supervision.IsCompleted)
            {
                return;
            }

            plug.Dispose();
            plug = new CancellationTokenSource();
            fault = null;
            supervision = Supervise(plug.Token);
            await WaitFor(HostPower.On, ct);
        }
        catch
        {
            await PullThePlug();
            throw;
        }
        finally
        {
            hands.Release();
        }
    }

    /// <summary>Pulls the plug: everything in it ends, its port refuses. Done when that is so.</summary>
    public async Task Stop(CancellationToken ct = default)
    {
        await hands.WaitAsync(ct);
        try
        {
            await PullThePlug();
        }
        finally
        {
            hands.Release();
        }
    }

    /// <summary>Stops every process in it: the port accepts, and nothing answers.</summary>
    public Task Freeze(CancellationToken ct = default) => Processes.Signal("STOP", process => !process.IsInit, ct);

    /// <summary>Lets them go on.</summary>
    public Task Thaw(CancellationToken ct = default) => Processes.Signal("CONT", process => !process.IsInit, ct);

    /// <summary>Ends all SSH connections; what they had started goes on, and new ones are welcome.</summary>
    public Task DropConnections(CancellationToken ct = default)
    {
        var listener = Processes.Listener;
        return Processes.Signal("KILL", process => process.IsSshd && process.Id != listener?.Id, ct);
    }

    /// <summary>Gives it another host key; connections from now on see it, those that are open go on.</summary>
    public async Task ChangeHostKey(CancellationToken ct = default)
    {
        await MakeHostKey(ct);
        if (boot is { } running && running.Processes.Listener is { } listener)
        {
            var said = running.SshdLogLength;
            await running.Processes.Signal("HUP", process => process.Id == listener.Id, ct);
            await running.Listening(said, ct);
        }
    }

    /// <summary>Stops it for good and lets its address go. Its directory is the lab's to remove.</summary>
    public async ValueTask DisposeAsync()
    {
        await Stop();
        reservation.Dispose();
        plug.Dispose();
        hands.Dispose();
    }

    internal static async Task<LabHost> Build(
        LabHostOptions options, HostFiles files, Reservation reservation, string authorizedKey, Version sshd, CancellationToken ct)
    {
        var host = new LabHost(options, files, reservation);
        var config = new SshdConfig(host.Address, host.Port, sshd);
        await files.Build(options, $"{options.Os}-{host.Address.ToString().Replace('.', '-')}", config, authorizedKey, ct);
        host.state.Build(options.PackageDelay ?? TimeSpan.Zero);
        await host.MakeHostKey(ct);
        return host;
    }

    private HostProcesses Processes => (boot ?? throw new LabException($"{Address} is off.")).Processes;

    private Task WaitUntil(Func<bool> so, CancellationToken ct) =>
        changes.When(() => fault is { } failure ? throw new LabException(failure.Message, failure) : so(), ct);

    private async Task MakeHostKey(CancellationToken ct) =>
        HostKey = await HostKey.Generate(files.InRoot("etc/" + SshdConfig.HostKeyFile), options.HostKey, Address.ToString(), ct);

    private async Task PullThePlug()
    {
        await plug.CancelAsync();
        await supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Follows one boot after the other, until the host stays off.</summary>
    private async Task Supervise(CancellationToken unplugged)
    {
        try
        {
            for (Reboot? how = new() { Away = TimeSpan.Zero }; how is not null;)
            {
                how = await Live(how, unplugged);
            }
        }
        catch (Exception failure) when (!unplugged.IsCancellationRequested)
        {
            fault = failure;
        }
        finally
        {
            boot = null;
            Become(HostPower.Off);
        }
    }

    /// <summary>One life, from the wait before the boot to its end; returns how it comes back, if it does.</summary>
    private async Task<Reboot?> Live(Reboot how, CancellationToken unplugged)
    {
        Become(HostPower.Booting);
        await Task.Delay(how.Away, unplugged);
        await ConnectionResets.For(how.ResetsFor, reservation.Endpoint, unplugged);
        if (how.ChangesHostKey)
        {
            await MakeHostKey(unplugged);
        }

        BootId = Guid.NewGuid().ToString();
        Boots++;
        state.Boot(how.FallsBack);
        files.Boot(BootId, Os, noLogin: how.NoLoginFor > TimeSpan.Zero);

        await using var running = HostBoot.Launch(files, unplugged);
        await running.Listening(running.SshdLogBefore, unplugged);
        boot = running;
        Become(HostPower.On);
        if (await Task.WhenAny(running.Ended, Task.Delay(how.NoLoginFor, unplugged)) != running.Ended)
        {
            files.AllowLogin();
        }

        var end = await running.Ended;
        boot = null;
        if (end is not BootEnd.Rebooting)
        {
            return null;
        }

        var next = NextReboot;
        NextReboot = options.Reboot;
        return next.Returns ? next : null;
    }

    private void Become(HostPower power)
    {
        Power = power;
        changes.Changed();
    }
}
