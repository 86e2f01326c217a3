using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>Runs a host from power on to power off: its boots and the reboots between them.</summary>
internal sealed class HostLife(LabHostOptions options, HostFiles files, HostState state, HostKeys keys, Reservation reservation)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim hands = new(1);
    private readonly Signpost changes = new();
    private CancellationTokenSource plug = new();
    private Task supervision = Task.CompletedTask;
    private Exception? fault;
    private Reboot nextReboot = options.Reboot;

    public HostPower Power { get; private set; }

    public string BootId { get; private set; } = "";

    public int Boots { get; private set; }

    /// <summary>The boot whose sshd listens; null while none does.</summary>
    public HostBoot? Running { get; private set; }

    public Reboot NextReboot
    {
        get => nextReboot;
        set
        {
            nextReboot = value;
            state.Plan(value);
        }
    }

    public async Task Start(CancellationToken ct)
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
            await When(() => Power is HostPower.On, ct);
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

    public async Task Stop(CancellationToken ct)
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

    /// <summary>Completes once the condition holds; fails if a boot failed.</summary>
    public Task When(Func<bool> so, CancellationToken ct) =>
        changes.When(() => fault is { } failure ? throw new LabException(failure.Message, failure) : so(), ct);

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        plug.Dispose();
        hands.Dispose();
    }

    private async Task PullThePlug()
    {
        await plug.CancelAsync();
        await supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Runs one boot after another until the host stays off.</summary>
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
            Running = null;
            Become(HostPower.Off);
        }
    }

    /// <summary>Runs one boot, including the wait before it. Returns the reboot that follows; null if the host stays off.</summary>
    private async Task<Reboot?> Live(Reboot how, CancellationToken unplugged)
    {
        Become(HostPower.Booting);
        await Task.Delay(how.Away, unplugged);
        await how.BootAllowed.WaitAsync(unplugged);
        await ConnectionResets.Reset(how.Resets, reservation.Endpoint, unplugged);
        if (how.ChangesHostKey)
        {
            await keys.Change(unplugged);
        }

        BootId = Guid.NewGuid().ToString();
        Boots++;
        state.Boot(how.FallsBack);
        files.Boot(BootId, options.Os, noLogin: !how.LoginAllowed.IsCompleted);

        await using var boot = HostBoot.Launch(files, unplugged);
        await boot.Listening(boot.SshdLogBefore, unplugged);
        Running = boot;
        Become(HostPower.On);
        if (await Task.WhenAny(boot.Ended, how.LoginAllowed) != boot.Ended)
        {
            files.AllowLogin();
        }

        var end = await boot.Ended;
        Running = null;
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
