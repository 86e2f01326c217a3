using System.Collections.Immutable;
using System.Net;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>A disposable host: a real sshd with its own loopback address, file system and processes.</summary>
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

    /// <summary>The distribution it imitates.</summary>
    public LabOs Os => options.Os;

    /// <summary>Its address, of 127.0.0.0/8.</summary>
    public IPAddress Address => reservation.Endpoint.Address;

    /// <summary>Its SSH port.</summary>
    public int Port => reservation.Endpoint.Port;

    /// <summary>Its current host key.</summary>
    public HostKey HostKey => keys.Current;

    /// <summary>Its line for a known_hosts file.</summary>
    public string KnownHostsLine => $"[{Address}]:{Port} {HostKey.PublicKey}";

    /// <summary>The ID of the latest boot, which may not have completed yet.</summary>
    public string BootId => life.BootId;

    /// <summary>How many times it has booted, including a boot that has not completed yet.</summary>
    public int Boots => life.Boots;

    /// <summary>Whether it can be reached.</summary>
    public HostPower Power => life.Power;

    /// <summary>The version of the ostree or image that an <c>atomic</c> or <c>bootc</c> host has booted.</summary>
    public string Version => state.Version;

    /// <summary>How its next reboot goes. Later reboots use the reboot of its options again.</summary>
    public Reboot NextReboot
    {
        get => life.NextReboot;
        set => life.NextReboot = value;
    }

    /// <summary>The commands that its stand-ins received, oldest first.</summary>
    public ImmutableArray<LabCommand> Commands => LabCommand.ReadLog(files.CommandLog);

    /// <summary>The log file of these commands: one JSON object per line.</summary>
    public string CommandLogPath => files.CommandLog;

    /// <summary>The log of its sshd, over all boots.</summary>
    public string SshdLog => File.ReadAllText(files.SshdLog);

    /// <summary>The log file of its sshd.</summary>
    public string SshdLogPath => files.SshdLog;

    /// <summary>The path on this machine of a file of the host, such as <c>/etc/sysconfig/docker</c>.</summary>
    public string FilePath(string path) => files.Locate(path);

    /// <summary>Makes a stand-in fail, hang, wait or print something. The newest script that matches applies.</summary>
    public void Script(string command, Behaviour behaviour) => state.Script(command, behaviour);

    /// <summary>Removes all scripts of a stand-in and releases commands that they hold.</summary>
    public void Unscript(string command) => state.Unscript(command);

    /// <summary>Runs a script at each login, before the command: a start-up file of the shells of <c>root</c> and <c>core</c>.</summary>
    public void OnLogin(string script)
    {
        foreach (var home in (string[])["/root", "/home/core"])
        {
            HostFiles.Replace(FilePath($"{home}/.bashrc"), script);
        }
    }

    /// <summary>Sets the login shell of all users.</summary>
    public void SetLoginShell(string shell)
    {
        var passwd = FilePath("/etc/passwd");
        HostFiles.Replace(passwd, string.Concat(File.ReadLines(passwd).Select(line => line[..line.LastIndexOf(':')] + $":{shell}\n")));
    }

    /// <summary>Breaks its packages in one way, until <see cref="Mend"/>.</summary>
    public void Break(LabFault fault) => state.Break(fault);

    /// <summary>Ends a fault of its packages.</summary>
    public void Mend(LabFault fault) => state.Mend(fault);

    /// <summary>Whether its packages are broken in one way. Some faults end by a command.</summary>
    public bool Has(LabFault fault) => state.Has(fault);

    /// <summary>Sets the version that <c>rpm-ostree upgrade</c> and <c>bootc upgrade</c> find.</summary>
    public void Offer(string version) => state.Offer(version);

    /// <summary>Waits until it is on and has booted that many times; fails if a boot failed.</summary>
    public Task WaitForBoot(int boots, CancellationToken ct = default) =>
        Wait(limited => life.When(() => Power is HostPower.On && Boots >= boots, limited), $"boot {boots}", ct);

    /// <summary>Waits for a power state; fails if a boot failed.</summary>
    public Task WaitFor(HostPower power, CancellationToken ct = default) =>
        Wait(limited => life.When(() => Power == power, limited), $"power {power}", ct);

    /// <summary>Waits for a command that matches and returns the first one.</summary>
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

    /// <summary>Starts the host if it is off and waits until its sshd listens.</summary>
    public Task Start(CancellationToken ct = default) => life.Start(ct);

    /// <summary>Cuts its power: all its processes end and its port refuses connections.</summary>
    public Task Stop(CancellationToken ct = default) => life.Stop(ct);

    /// <summary>Suspends all its processes: the port accepts connections, and nothing answers.</summary>
    public Task Freeze(CancellationToken ct = default) => Processes.Signal("STOP", process => !process.IsInit, ct);

    /// <summary>Resumes the processes that <see cref="Freeze"/> suspended.</summary>
    public Task Thaw(CancellationToken ct = default) => Processes.Signal("CONT", process => !process.IsInit, ct);

    /// <summary>Ends all SSH connections. Commands that they started keep running, and new connections work.</summary>
    public Task DropConnections(CancellationToken ct = default)
    {
        var listener = Processes.Listener;
        return Processes.Signal("KILL", process => process.IsSshd && process.Id != listener?.Id, ct);
    }

    /// <summary>Replaces its host key. New connections see it, and open ones continue.</summary>
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

    /// <summary>Stops it and releases its address. The lab removes its directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await life.DisposeAsync();
        reservation.Dispose();
    }

    internal static async Task<LabHost> Build(
        LabHostOptions options, HostFiles files, Reservation reservation, string authorizedKey, Version sshd, CancellationToken ct)
    {
        var host = new LabHost(options, files, reservation);
        var config = new SshdConfig(host.Address, host.Port, sshd, options.ForceCommand) { Own = options.Sshd };
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
