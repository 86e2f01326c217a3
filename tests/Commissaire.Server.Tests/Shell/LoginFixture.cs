using System.Text;
using Commissaire.Hosts;
using Commissaire.Lab;
using Commissaire.Lab.Hosts;
using Commissaire.Shell;
using HostKey = Commissaire.Hosts.HostKey;

namespace Commissaire.Server.Tests.Shell;

/// <summary>A lab, and the part of the server that logs in to hosts.</summary>
public sealed class LoginFixture : IAsyncLifetime
{
    public LabEnvironment Lab { get; private set; } = null!;

    /// <summary>A host for keys that are added to it.</summary>
    public LabHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await LabEnvironment.EnsurePrerequisites();
        Lab = await LabEnvironment.Start();
        Host = await Lab.AddHost();
    }

    public async Task DisposeAsync() => await Lab.DisposeAsync();

    /// <summary>Adds a public key to those that may log in as root.</summary>
    public static void Authorize(LabHost host, string publicKey) =>
        File.AppendAllText(host.FilePath("/root/.ssh/authorized_keys"), publicKey.TrimEnd() + "\n");

    internal static RemoteTarget Target(LabHost host, HostKey? trusted = null) =>
        new(HostAddress.Parse($"{host.Address}"), host.Port, "root", "secret", trusted);

    /// <summary>A connector with a private key.</summary>
    internal static SshConnector Connector(byte[] key) => new((_, _) => Task.FromResult<byte[]?>(key), TimeProvider.System);

    internal SshConnector Connector() => Connector(Encoding.ASCII.GetBytes(Lab.PrivateKeyPem));

    /// <summary>Logs in and closes the connection. Returns the host key, or the reason why not.</summary>
    internal static async Task<(HostKey? Key, ShellOutcome? Failure)> LogIn(SshConnector connector, RemoteTarget target)
    {
        var (connection, failure) = await connector.Connect(target, () => { }, CancellationToken.None);
        connection?.Close();
        return (connection?.HostKey, failure);
    }
}
