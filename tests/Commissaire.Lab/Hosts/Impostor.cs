using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>An address that breaks the SSH protocol in a way that no sshd does, for as many connections as clients open.</summary>
public sealed class Impostor : IAsyncDisposable
{
    private readonly Reservation reservation;
    private readonly Hostility hostility;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;
    private int connections;

    internal Impostor(Hostility hostility, Reservation reservation)
    {
        this.reservation = reservation;
        this.hostility = hostility;
        listener = new TcpListener(reservation.Endpoint);
        listener.Start(128);
        accepting = Accept();
    }

    /// <summary>Its address, of 127.0.0.0/8.</summary>
    public IPAddress Address => reservation.Endpoint.Address;

    /// <summary>Its port.</summary>
    public int Port => reservation.Endpoint.Port;

    /// <summary>How many connections it has accepted.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Ends all its connections and releases its address.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
        reservation.Dispose();
    }

    private async Task Accept()
    {
        var served = new List<Task>();
        while (!end.IsCancellationRequested)
        {
            var client = await listener.AcceptSocketAsync(end.Token);
            Interlocked.Increment(ref connections);
            served.RemoveAll(task => task.IsCompleted);
            served.Add(Serve(client));
        }
    }

    private async Task Serve(Socket client)
    {
        using (client)
        using (var gone = CancellationTokenSource.CreateLinkedTokenSource(end.Token))
        {
            var ct = gone.Token;
            try
            {
                var (play, read) = hostility switch
                {
                    Hostility.Says says => (Say(client, says, ct), Drop(client, gone)),
                    Hostility.StallsAfter stalls => await Relay(client, stalls.Host, stalls.Bytes, null, gone),
                    Hostility.Drips drips => await Relay(client, drips.Host, long.MaxValue, drips.Pause, gone),
                    _ => throw new UnreachableException($"Unknown hostility {hostility.GetType()}."),
                };
                await Task.WhenAll(play, read);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client closed the connection, or the lab ended.
            }
        }
    }

    private static async Task Say(Socket client, Hostility.Says says, CancellationToken ct)
    {
        await client.SendAsync(says.First.AsMemory(), ct);
        do
        {
            await client.SendAsync(says.Bytes.AsMemory(), ct);
        }
        while (says.Repeats && !ct.IsCancellationRequested);
    }

    // Reads until the client closes the connection, so that the connection ends with the client.
    private static async Task Drop(Socket client, CancellationTokenSource gone)
    {
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer, gone.Token) > 0)
        {
        }

        await gone.CancelAsync();
    }

    private static async Task<(Task ToClient, Task ToHost)> Relay(
        Socket client, LabHost host, long bytes, TimeSpan? pause, CancellationTokenSource gone)
    {
        var real = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        gone.Token.Register(real.Dispose);
        await real.ConnectAsync(host.Address, host.Port, gone.Token);
        return (PassOn(real, client, bytes, pause, gone.Token), PassBack(client, real, gone));
    }

    private static async Task PassOn(Socket host, Socket client, long left, TimeSpan? pause, CancellationToken ct)
    {
        var buffer = new byte[pause is null ? 4096 : 1];
        while (left > 0 && await host.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), ct) is > 0 and var read)
        {
            await client.SendAsync(buffer.AsMemory(0, read), ct);
            left -= read;
            await Task.Delay(pause ?? TimeSpan.Zero, ct);
        }
    }

    private static async Task PassBack(Socket client, Socket host, CancellationTokenSource gone)
    {
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer, gone.Token) is > 0 and var read)
        {
            await host.SendAsync(buffer.AsMemory(0, read), gone.Token);
        }

        await gone.CancelAsync();
    }
}
