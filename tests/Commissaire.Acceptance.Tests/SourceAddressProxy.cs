using System.Net;
using System.Net.Sockets;

namespace Commissaire.Acceptance.Tests;

/// <summary>
/// Passes connections on to a server as if they came from a host. Hosts of the lab share the machine's network, where every connection to the
/// server would come from 127.0.0.1.
/// </summary>
public sealed class SourceAddressProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource enough = new();
    private readonly Task serving;

    public SourceAddressProxy(IPAddress source, int port)
    {
        listener.Start();
        serving = Serve(source, port);
    }

    public string Url => $"http://{listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        listener.Stop();
        await serving;
        enough.Dispose();
    }

    private async Task Serve(IPAddress source, int port)
    {
        try
        {
            while (true)
            {
                _ = Pass(await listener.AcceptTcpClientAsync(enough.Token), source, port);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private async Task Pass(TcpClient client, IPAddress source, int port)
    {
        using (client)
        using (var server = new TcpClient(new IPEndPoint(source, 0)))
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, enough.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), enough.Token), server.GetStream().CopyToAsync(client.GetStream(), enough.Token));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // One side is gone: so is the other.
            }
        }
    }
}
