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

    // How long a channel may stay open after its command ended, because a process in the background holds its output.
    private static readonly TimeSpan ChannelCloseTimeout = TimeSpan.FromSeconds(1);

    public SshClient Client => client;

    /// <summary>The key that the host proved.</summary>
    public HostKey HostKey => hostKey;

    /// <summary>When it was opened.</summary>
    public long Since { get; } = clock.GetTimestamp();

    /// <summary>Runs a command. Closes the connection unless the command and its channel ended by themselves.</summary>
    /// <param name="frame">The command.</param>
    /// <param name="output">Receives what the host prints.</param>
    /// <param name="limits">When to give up a host that does not answer.</param>
    /// <param name="ct">Ends the command, and closes the connection.</param>
    /// <returns>The outcome, and whether the connection can take another command.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<(ShellOutcome Outcome, bool Reusable)> Run(
        CommandFrame frame, CommandOutput output, AnswerLimits limits, CancellationToken ct)
    {
        SshCommand? ssh = null;
        var reusable = false;
        try
        {
            ssh = client.CreateCommand(frame.ToString(), Encoding.UTF8);
            ssh.WriteTo(output.Standard, output.Error);
            var execution = OnOwnThread(() => Start(ssh, frame.Input)).Unwrap();
            using var watch = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var silence = limits.Exceeded(output, clock, watch.Token);
            var first = await Task.WhenAny(execution, output.Ended, output.TooMuch, silence).WaitAsync(ct);
            await watch.CancelAsync();
            if (first == output.TooMuch)
            {
                return (new ShellOutcome.TooMuchOutput(CommandOutput.MaxBytes), false);
            }

            if (first == silence)
            {
                ct.ThrowIfCancellationRequested();
                var reason = $"the host sent nothing for {output.Silence.TotalSeconds:0} s";
                return (new ShellOutcome.Interrupted(reason) { Output = output.Text }, false);
            }

            if (output.HasEnded)
            {
                await Task.WhenAny(execution, Task.Delay(ChannelCloseTimeout, clock, ct));
            }
            else
            {
                await execution;
            }

            reusable = execution.IsCompletedSuccessfully;
            if (reusable)
            {
                ssh.Dispose();
            }

            return (OutcomeOf(frame, output, ssh), reusable);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (new ShellOutcome.Interrupted(e.Message) { Output = output.Text }, false);
        }
        finally
        {
            if (!reusable)
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

    private ShellOutcome OutcomeOf(CommandFrame frame, CommandOutput output, SshCommand ssh) => output switch
    {
        { Standard.ExitCode: { } } when frame.Sudo && !output.Standard.IsRoot => new ShellOutcome.NotRoot(output.SudoText, hostKey),
        { Standard: { ExitCode: { } status } standard } =>
            new ShellOutcome.Completed(status, standard.Text, output.Error.Text, hostKey) { BootId = standard.BootId },
        { HasBegun: false } when ssh.ExitStatus is { } status => new ShellOutcome.Unrecognized(status, output.LoginText, hostKey),
        _ when ssh.ExitSignal is { } signal =>
            new ShellOutcome.Interrupted($"the command was ended by signal {signal}") { Output = output.Text },
        { HasBegun: true } when ssh.ExitStatus is { } status =>
            new ShellOutcome.Interrupted($"the shell of the command ended early, with exit status {status}") { Output = output.Text },
        _ => new ShellOutcome.Interrupted("the host closed the connection") { Output = output.Text },
    };

    // The input always ends: a command, or a start-up file of the login shell, that asks a question reads the end of its input.
    private static Task Start(SshCommand command, ReadOnlyMemory<byte> input)
    {
        var execution = command.ExecuteAsync(CancellationToken.None);
        try
        {
            if (input.IsEmpty)
            {
                command.EndInput();
            }
            else
            {
                using var stream = command.CreateInputStream();
                stream.Write(input.Span);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or Renci.SshNet.Common.SshException)
        {
            // The command ended before it read its input: its outcome says how.
        }

        return execution;
    }

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
