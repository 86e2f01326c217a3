using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Shell;
using Renci.SshNet;

namespace Commissaire.Server.Tests.Shell;

/// <summary>The order in which hosts are offered methods of key exchange.</summary>
public sealed class KeyExchangesTests
{
    [Fact]
    public void Every_method_of_the_library_is_offered_and_the_costly_one_last()
    {
        using var info = new NoneAuthenticationMethod("root");
        var connection = new ConnectionInfo("10.0.0.1", "root", info);
        var all = connection.KeyExchangeAlgorithms.Keys.ToHashSet();

        KeyExchanges.Default.ApplyTo(connection);

        Assert.Equal(KeyExchanges.Default.Methods.ToArray(), connection.KeyExchangeAlgorithms.Keys.ToArray());
        Assert.Equal(all, connection.KeyExchangeAlgorithms.Keys.ToHashSet());
        Assert.All(
            KeyExchanges.Default.Methods[^5..], method => Assert.True(method.StartsWith("sntrup761", StringComparison.Ordinal)
                || method.EndsWith("sha1", StringComparison.Ordinal), method));
    }

    [Fact]
    public void Only_the_methods_that_an_operator_names_are_offered()
    {
        using var none = new NoneAuthenticationMethod("root");
        var connection = new ConnectionInfo("10.0.0.1", "root", none);

        new KeyExchanges(["ecdh-sha2-nistp256", "curve25519-sha256"]).ApplyTo(connection);

        Assert.Equal(["ecdh-sha2-nistp256", "curve25519-sha256"], connection.KeyExchangeAlgorithms.Keys.ToArray());
    }

    [Fact]
    public void Methods_of_key_exchange_are_a_list_or_names_with_commas()
    {
        Assert.Equal(KeyExchanges.Default, Read("{}"));
        Assert.Equal(
            ["curve25519-sha256", "ecdh-sha2-nistp256"],
            Read("""{"ssh_key_exchange": "curve25519-sha256,ecdh-sha2-nistp256"}""").Methods.ToArray());
        Assert.Equal(["curve25519-sha256"], Read("""{"ssh_key_exchange": ["curve25519-sha256"]}""").Methods.ToArray());
        Assert.StartsWith("ssh_key_exchange: 'curve' is not a method of key exchange; known are mlkem768x25519-sha256, ",
            Assert.Throws<StartupException>(() => Read("""{"ssh_key_exchange": "curve"}""")).Message, StringComparison.Ordinal);
    }

    private static KeyExchanges Read(string config) => SettingsReader.Read(JsonNode.Parse(config)!.AsObject()).KeyExchanges;
}
