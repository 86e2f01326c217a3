using System.Text;
using Renci.SshNet;

namespace Commissaire.Shell;

/// <summary>
/// An open SSH connection to a host that proved its key. SSH.NET blocks the calling thread where it waits for the host, so that part runs
/// on separate threads: hosts that stop answering must not use up the thread pool.
/// </summary>
internal sealed class SshConnection(SshClient client, HostKey hostKey, TimeProvider clock)
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    public SshClient Client => client;

    /// <summary>The key that the host proved.</summary>
    public HostKey HostKey => hostKey;

    /// <summary>When it was opened.</summary>
    public long Since { get; } = clock.GetTimestamp();

    /// <summary>Runs a command. Closes the connection unless the command ended by itself.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<ShellOutcome> Run(ShellCommand command, CancellationToken ct)
    {
        SshCommand? ssh = null;
        var ended = false;
        try
        {
            ssh = client.CreateCommand(command.ToString(), Encoding.UTF8);
            var output = new CommandOutput();
            ssh.WriteTo(output.Standard, output.Error);
            var execution = OnOwnThread(() => Start(ssh, command.Input)).Unwrap();
            await Task.WhenAny(execution, output.TooMuch).WaitAsync(ct);
            if (output.TooMuch.IsCompleted)
            {
                return new ShellOutcome.TooMuchOutput(CommandOutput.MaxBytes);
            }

            await execution;
            switch (ssh)
            {
                case { ExitStatus: { } status }:
                    ssh.Dispose();
                    ended = true;
                    return new ShellOutcome.Completed(status, output.Standard.Text(), output.Error.Text(), hostKey);
                case { ExitSignal: { } signal }:
                    return new ShellOutcome.Interrupted($"the command was ended by signal {signal}");
                default:
                    return new ShellOutcome.Interrupted("the host closed the connection");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new ShellOutcome.Interrupted(e.Message);
        }
        finally
        {
            if (!ended)
            {
                Close(ssh);
            }
        }
    }

    /// <summary>Closes the connection in the background, and first ends a command that still runs.</summary>
    public void Close(SshCommand? unfinished = null)
    {
        // A host that does not read keeps SSH.NET waiting with its lock held. Only closing the socket ends that.
        var socket = client.Socket();
        var abort = clock.CreateTimer(_ => socket?.Dispose(), null, CloseTimeout, Timeout.InfiniteTimeSpan);
        _ = OnOwnThread(() =>
        {
            try
            {
                unfinished?.CancelAsync();
                unfinished?.Dispose();
            }
            catch (InvalidOperationException)
            {
                // The command never started.
            }
            finally
            {
                client.Dispose();
                abort.Dispose();
            }

            return true;
        });
    }

    private static Task Start(SshCommand command, ReadOnlyMemory<byte> input)
    {
        var execution = command.ExecuteAsync(CancellationToken.None);
        if (!input.IsEmpty)
        {
            using var stream = command.CreateInputStream();
            stream.Write(input.Span);
        }

        return execution;
    }

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
