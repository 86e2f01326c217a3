using System.Collections.Immutable;
using System.Net;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>A throw-away host of the lab: a real sshd on an address of its own, in a world of its own.</summary>
public sealed class LabHost : IAsyncDisposable
{
    private readonly LabHostOptions options;
    private readonly HostFiles files;
    private readonly HostState state;
    private readonly HostKeys keys;
    private readonly HostLife life;
    private readonly Reservation reservation;

    private LabHost(LabHostOptions options, HostFiles files, Reservation reservation)
    {
        this.options = options;
        this.files = files;
        this.reservation = reservation;
        state = new HostState(files, options);
        keys = new HostKeys(files, options.HostKey, $"{reservation.Endpoint.Address}");
        life = new HostLife(options, files, state, keys, reservation);
    }

    /// <summary>The distribution it plays.</summary>
    public LabOs Os => options.Os;

    /// <summary>Its address, of 127.0.0.0/8.</summary>
    public IPAddress Address => reservation.Endpoint.Address;

    /// <summary>Its SSH port.</summary>
    public int Port => reservation.Endpoint.Port;

    /// <summary>The key it identifies itself with now.</summary>
    public HostKey HostKey => keys.Current;

    /// <summary>What a known_hosts file would say of it.</summary>
    public string KnownHostsLine => $"[{Address}]:{Port} {HostKey.PublicKey}";

    /// <summary>Of the latest boot, which may still be on its way.</summary>
    public string BootId => life.BootId;

    /// <summary>How many times it has booted, counting the one on its way.</summary>
    public int Boots => life.Boots;

    /// <summary>Whether it can be reached.</summary>
    public HostPower Power => life.Power;

    /// <summary>The version an <c>atomic</c> host has booted.</summary>
    public string Version => state.Version;

    /// <summary>What becomes of it when it is told to reboot the next time; afterwards that of its options holds again.</summary>
    public Reboot NextReboot
    {
        get => life.NextReboot;
        set => life.NextReboot = value;
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

    /// <summary>Makes one of its stand-ins fail, hang, be slow, or print something. The newest script that matches is followed.</summary>
    public void Script(string command, Behaviour behaviour) => state.Script(command, behaviour);

    /// <summary>Lets the stand-in be itself again.</summary>
    public void Unscript(string command) => state.Unscript(command);

    /// <summary>Sets the version that <c>rpm-ostree upgrade</c> finds from now on.</summary>
    public void Offer(string version) => state.Offer(version);

    /// <summary>Completes when it is on after having booted that many times; fails when a boot failed.</summary>
    public Task WaitForBoot(int boots, CancellationToken ct = default) =>
        Wait(limited => life.When(() => Power is HostPower.On && Boots >= boots, limited), $"boot {boots}", ct);

    /// <summary>Completes when it is in that state; fails when a boot failed.</summary>
    public Task WaitFor(HostPower power, CancellationToken ct = default) => 
        Wait(limited => life.When(() => Power == power, limited), $"power {power}", ct);

    /// <summary>Completes with the first command of its log that the test accepts, once there is one.</summary>
    public async Task<LabCommand> WaitForCommand(Func<LabCommand, bool> accepts, CancellationToken ct = default)
    {
        LabCommand? command = null;
        await Wait(
            async limited =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
                while ((command = Commands.FirstOrDefault(accepts)) is null)
                {
                    await timer.WaitForNextTickAsync(limited);
                }
            },
            "a command that the test accepts",
            ct);
        return command!;
    }

    /// <summary>Lets the command of the next reboot return, and keeps the host in its old boot until the result is disposed.</summary>
    public IDisposable HoldShutdown()
    {
        NextReboot = NextReboot with { HoldsShutdown = true };
        return new Hold(state.ReleaseShutdown);
    }

    /// <summary>Keeps the host down in its next reboot until the result is disposed.</summary>
    public IDisposable HoldReboot()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        NextReboot = NextReboot with { Away = TimeSpan.Zero, BootAllowed = released.Task };
        return new Hold(() => released.TrySetResult());
    }

    /// <summary>Lets only root log in after the next reboot, until the result is disposed.</summary>
    public IDisposable HoldLogins()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        NextReboot = NextReboot with { LoginAllowed = released.Task };
        return new Hold(() => released.TrySetResult());
    }

    /// <summary>Starts it when it is off; done when its sshd listens.</summary>
    public Task Start(CancellationToken ct = default) => life.Start(ct);

    /// <summary>Pulls the plug: everything in it ends, its port refuses. Done when that is so.</summary>
    public Task Stop(CancellationToken ct = default) => life.Stop(ct);

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
        await keys.Change(ct);
        if (life.Running is { } running && running.Processes.Listener is { } listener)
        {
            var said = running.SshdLogLength;
            await running.Processes.Signal("HUP", process => process.Id == listener.Id, ct);
            await running.Listening(said, ct);
        }
    }

    /// <summary>Stops it for good and lets its address go. Its directory is the lab's to remove.</summary>
    public async ValueTask DisposeAsync()
    {
        await life.DisposeAsync();
        reservation.Dispose();
    }

    internal static async Task<LabHost> Build(
        LabHostOptions options, HostFiles files, Reservation reservation, string authorizedKey, Version sshd, CancellationToken ct)
    {
        var host = new LabHost(options, files, reservation);
        var config = new SshdConfig(host.Address, host.Port, sshd);
        await files.Build(options, $"{options.Os}-{host.Address.ToString().Replace('.', '-')}", config, authorizedKey, ct);
        host.state.Build(options.PackageDelay ?? TimeSpan.Zero);
        await host.keys.Change(ct);
        return host;
    }

    private HostProcesses Processes => (life.Running ?? throw new LabException($"{Address} is off.")).Processes;

    private Task Wait(Func<CancellationToken, Task> wait, string expected, CancellationToken ct) =>
        WaitLimit.Apply(wait, $"{Address}: {expected}", ct);

    private sealed class Hold(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
