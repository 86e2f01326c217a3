using Commissaire.Hosts.Ssh;

namespace Commissaire.Cli.Tests;

/// <summary>The separation of the arguments of commctl and of ssh.</summary>
public sealed class SshArgumentsTests
{
    [Theory]
    [InlineData("host ssh h", "host ssh h")]
    [InlineData("host ssh h -v -p 9876", "host ssh h -- -v -p 9876")]
    [InlineData("host ssh h -o BatchMode=yes", "host ssh h -- -o BatchMode=yes")]
    [InlineData("host ssh h -- uptime -p", "host ssh h -- -- uptime -p")]
    [InlineData("host ssh h -v -- uptime", "host ssh h -- -v -- uptime")]
    [InlineData("-c f host -o json ssh --endpoint e h -c x", "-c f host -o json ssh --endpoint e h -- -c x")]
    [InlineData("--config=f host ssh h x", "--config=f host ssh h -- x")]
    [InlineData("host get ssh x", "host get ssh x")]
    [InlineData("host ssh [fe80::1%eth0] -v", "host ssh [fe80::1%eth0] -- -v")]
    [InlineData("host ssh fe80::1%eth0 -- id", "host ssh fe80::1%eth0 -- -- id")]
    [InlineData("[suggest] host ssh h -v", "[suggest] host ssh h -- -v")]
    [InlineData("host ssh --help", "host ssh --help")]
    public void Arguments_after_the_host_name_belong_to_ssh(string line, string expected) =>
        Assert.Equal(expected.Split(' '), SshArguments.InsertSeparator(line.Split(' '), ["-c", "--config", "-o", "--endpoint"]));
}
