using System.Net;
using System.Net.Sockets;

namespace Commissaire.Acceptance.Tests;

/// <summary>
/// Forwards connections to a server from the address of a host. Lab hosts share the network of the machine, so that the server would see
/// 127.0.0.1 otherwise.
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
            // It is disposed.
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
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), enough.Token),
                    server.GetStream().CopyToAsync(client.GetStream(), enough.Token));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // One side has closed: close the other.
            }
        }
    }
}
