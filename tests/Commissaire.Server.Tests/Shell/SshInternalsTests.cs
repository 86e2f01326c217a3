using System.Reflection;
using Commissaire.Shell;
using Renci.SshNet;

namespace Commissaire.Server.Tests.Shell;

/// <summary>The private members of SSH.NET that the shell uses exist in the version that is referenced.</summary>
public sealed class SshInternalsTests
{
    [Fact]
    public void A_client_without_a_connection_has_no_socket()
    {
        using var client = new SshClient("127.0.0.1", "root", "password");

        Assert.Null(client.Socket());
    }

    [Theory]
    [InlineData("Renci.SshNet.SshCommand", "set_OutputStream")]
    [InlineData("Renci.SshNet.SshCommand", "set_ExtendedOutputStream")]
    [InlineData("Renci.SshNet.SshCommand", "_channel")]
    [InlineData("Renci.SshNet.Channels.Channel", "SendEof")]
    [InlineData("Renci.SshNet.BaseClient", "get_Session")]
    [InlineData("Renci.SshNet.BaseClient", "_serviceFactory")]
    [InlineData("Renci.SshNet.IServiceFactory", "CreateProtocolVersionExchange")]
    [InlineData("Renci.SshNet.IServiceFactory", "CreateSession")]
    [InlineData("Renci.SshNet.Connection.IProtocolVersionExchange", "StartAsync")]
    [InlineData("Renci.SshNet.Connection.SshIdentification", ".ctor")]
    [InlineData("Renci.SshNet.Session", "_serviceFactory")]
    [InlineData("Renci.SshNet.Session", "_socket")]
    public void A_private_member_exists(string type, string member) => Assert.NotEmpty(
        typeof(SshClient).Assembly.GetType(type, throwOnError: true)!.GetMember(
            member, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public));
}
