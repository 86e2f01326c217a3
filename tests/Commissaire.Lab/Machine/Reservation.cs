using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Machine;

/// <summary>
/// Reserves a loopback address and port, also while its host is down, by binding the UDP port of the same number.
/// Other labs see that it is taken, and the kernel releases it when the lab ends.
/// </summary>
internal sealed class Reservation : IDisposable
{
    private readonly Socket held;

    private Reservation(IPEndPoint endpoint, Socket held)
    {
        Endpoint = endpoint;
        this.held = held;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>Reserves the first free address from <paramref name="first"/> on.</summary>
    public static Reservation Next(IPAddress first, int port)
    {
        var bytes = first.GetAddressBytes();
        for (var (third, fourth) = ((int)bytes[2], (int)bytes[3]); third <= 254; third++, fourth = 1)
        {
            for (; fourth <= 254; fourth++)
            {
                if (Try(new IPEndPoint(new IPAddress([bytes[0], bytes[1], (byte)third, (byte)fourth]), port)) is { } reservation)
                {
                    return reservation;
                }
            }
        }

        throw new LabException($"No loopback address is free from {first} on, port {port}.");
    }

    /// <summary>Reserves this address, or fails.</summary>
    public static Reservation Exactly(IPAddress address, int port) =>
        Try(new IPEndPoint(address, port)) ?? throw new LabException($"{address}:{port} is taken.");

    public void Dispose() => held.Dispose();

    private static Reservation? Try(IPEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(endpoint);
            using var probe = new TcpListener(endpoint);
            probe.Start();
            return new Reservation(endpoint, socket);
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
