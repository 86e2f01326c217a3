using System.Collections.Concurrent;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Running;

/// <summary>Hosts with scripted answers; without a script, they are healthy.</summary>
internal sealed class ScriptedShell : IRemoteShell
{
    public const string Investigate = "investigate";
    public const string Check = "check";

    private readonly ConcurrentDictionary<string, ScriptedHost> _hosts = new();

    public ScriptedHost Host(string address) => _hosts.GetOrAdd(address, _ => new ScriptedHost());

    public Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct) =>
        Host(target.Address.Value).Run(target, NameOf(command), ct);

    private static string NameOf(ShellCommand command) =>
        Steps.GetValueOrDefault(command.ToString())
        ?? (command.Words.Any(word => word.Contains("kubeadm join", StringComparison.Ordinal)) ? KubeadmSteps.Join : command.ToString());

    private static Dictionary<string, string> Steps { get; } = new(
        BootstrapSteps.For(ScriptedHost.Facts, NetworkDefinition.Default, new BootstrapSettings())
            .ToDictionary(s => s.Command!.ToString(), s => s.Name))
    {
        [Investigation.Command.ToString()] = Investigate,
        [Investigation.Check.ToString()] = Check,
        [RebootLook.Command.ToString()] = TurnSteps.WaitForReboot,
    };
}

/// <summary>A scripted host.</summary>
internal sealed class ScriptedHost
{
    public static readonly HostFacts Facts =
        new("fedora", "25", 4, 16_000_000, 52_000_000, "4.8.6-300.fc25.x86_64", "6ac12ae0-9f3b-4b2b-8b4c-3ee13cbb7f0a");

    private string Printed => $"""
        == boot_id
        {BootId}
        == kernel
        {Facts.Kernel}
        == cpus
        {Facts.Cpus}
        == memory
        MemTotal:       {Facts.MemoryKiB} kB
        == ostree
        == os-release
        ID={Facts.Os}
        VERSION_ID={Facts.OsVersion}

        == space
        Filesystem 1024-blocks Used Available Capacity Mounted on
        /dev/vda1 {Facts.SpaceKiB} 1 2 3% /
        """;

    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<ShellOutcome>>> _script = new();
    private readonly ConcurrentQueue<string> _begun = new();
    private readonly ConcurrentQueue<string> _cancelled = new();
    private int _atOnce;
    private int _mostAtOnce;

    /// <summary>The ID of its boot: no other host has it.</summary>
    public string BootId { get; } = Guid.NewGuid().ToString();

    /// <summary>Its host key.</summary>
    public HostKey Key { get; set; } = new("ssh-ed25519", "SHA256:" + new string('k', 43));

    /// <summary>The commands that started, in order.</summary>
    public IReadOnlyList<string> Begun => [.. _begun];

    /// <summary>The commands that were cancelled, in order.</summary>
    public IReadOnlyList<string> Cancelled => [.. _cancelled];

    /// <summary>The maximum number of commands that ran at the same time.</summary>
    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public ShellOutcome.Completed Done(string output = "") => new(0, output, "", Key);

    public void On(string command, ShellOutcome outcome) => _script[command] = _ => Task.FromResult(outcome);

    /// <summary>The command runs until the caller cancels it, or the test completes it.</summary>
    public TaskCompletionSource<ShellOutcome> Hang(string command)
    {
        var end = new TaskCompletionSource<ShellOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script[command] = ct => end.Task.WaitAsync(ct);
        return end;
    }

    public void BeHealthy() => _script.Clear();

    public async Task<ShellOutcome> Run(RemoteTarget target, string command, CancellationToken ct)
    {
        var now = Interlocked.Increment(ref _atOnce);
        InterlockedMax(now);
        _begun.Enqueue(command);
        try
        {
            // Not on the caller's thread: the actor must not see an answer before it has finished asking.
            await Task.Yield();
            return target.TrustedKey is { } trusted && !trusted.Matches(Key) ? new ShellOutcome.HostKeyChanged(Key)
                : _script.TryGetValue(command, out var scripted) ? await scripted(ct)
                : Done(command == ScriptedShell.Investigate ? Printed : command == ScriptedShell.Check ? BootId : "");
        }
        catch (OperationCanceledException)
        {
            _cancelled.Enqueue(command);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    private void InterlockedMax(int candidate)
    {
        int seen;
        while ((seen = Volatile.Read(ref _mostAtOnce)) < candidate && Interlocked.CompareExchange(ref _mostAtOnce, candidate, seen) != seen)
        {
        }
    }
}
