using System.CommandLine;
using Commissaire.Configuration;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Configuration;

public sealed class CommandLineTests
{
    private readonly string _directory = RunningServer.NewDataDirectory();

    [Fact]
    public async Task The_command_line_of_2017_works()
    {
        var settings = await Read(
            "--no-config-file", "--bus-uri", "redis://127.0.0.1:6379/", "--listen-port", "8001", "--authentication-plugin",
            "commissaire_http.authentication.httpbasicauth:filepath=/etc/commissaire/users.json", "--self-auth", "/api/v0/secrets");
        Assert.Equal(8001, settings.ListenPort);
        Assert.Equal(("httpbasicauth", "/etc/commissaire/users.json"), (settings.Plugins[0].Name, settings.Plugins[0].Options["filepath"]));
    }

    [Fact]
    public async Task Plugins_are_repeatable_and_accept_urls()
    {
        var settings = await Read(
            "--no-config-file", "--authentication-plugin", "keystonetokenauth:url=https://example.com:5000/v3?a=b,x=y",
            "--authentication-plugin", "httpauthclientcert:", "--authentication-plugin", "httpbasicauth");
        Assert.Equal(["keystonetokenauth", "httpauthclientcert", "httpbasicauth"], settings.Plugins.Select(p => p.Name));
        Assert.Equal("https://example.com:5000/v3?a=b", settings.Plugins[0].Options["url"]);
        Assert.Equal("y", settings.Plugins[0].Options["x"]);
    }

    [Fact]
    public async Task The_command_line_overrides_the_file()
    {
        var file = Path.Combine(_directory, "c.conf");
        File.WriteAllText(file, """{"listen-port": 1, "watch-interval": 7, "authentication-plugins": [{"name": "httpauthclientcert"}]}""");
        var settings = await Read(
            "-c", file, "-p", "2", "-i", "127.0.0.2", "--debug", "--data-dir", _directory, "--authentication-plugin", "httpbasicauth");
        Assert.Equal((2, "127.0.0.2", true, _directory),
            (settings.ListenPort, settings.ListenInterface.ToString(), settings.Debug, settings.DataDirectory));
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Watch.Interval);
        Assert.Equal("httpbasicauth", Assert.Single(settings.Plugins).Name);
    }

    [Fact]
    public async Task Anonymous_metrics_are_an_option()
    {
        Assert.False((await Read("--no-config-file")).MetricsAnonymous);
        Assert.True((await Read("--no-config-file", "--metrics-anonymous")).MetricsAnonymous);
    }

    [Fact]
    public async Task Options_may_be_abbreviated_but_not_their_values()
    {
        var settings = await Read(
            "--no-config", "--listen-p", "8001", "--listen-i=127.0.0.2", "--bus-u", "--listen-p", "--deb", "--data-d",
            "--no-config", "--auth=httpbasicauth:filepath=/x", "--key:/proc/self/status");
        Assert.Equal((8001, "127.0.0.2", true, "--no-config", "/proc/self/status"),
            (settings.ListenPort, settings.ListenInterface.ToString(), settings.Debug, settings.DataDirectory, settings.KeyFile));
        Assert.Equal("/x", Assert.Single(settings.Plugins).Options["filepath"]);
    }

    [Theory]
    [InlineData("--listen: is ambiguous. Use one of --listen-interface, --listen-port.", "--no-config", "--listen", "8001")]
    [InlineData("--cluster-tls: is ambiguous. Use one of --cluster-tls-cafile, --cluster-tls-pemfile.", "--no-config", "--cluster-tls=x")]
    [InlineData("listen_port", "--no-config-file", "--listen-port", "x")]
    [InlineData("/nowhere/c.conf", "--config-file", "/nowhere/c.conf")]
    [InlineData("'filepath'", "--no-config-file", "--authentication-plugin", "httpbasicauth:filepath")]
    public async Task Errors_are_printed_with_exit_code_2(string says, params string[] arguments)
    {
        var error = new StringWriter();
        var started = false;
        var code = await CommandLine.Run(CommandLine.Command((_, _) =>
        {
            started = true;
            return Task.FromResult(0);
        }), arguments, new InvocationConfiguration { Error = error });
        Assert.Equal((2, false), (code, started));
        Assert.Contains(says, error.ToString());
    }

    private static async Task<ServerSettings> Read(params string[] arguments)
    {
        ServerSettings? read = null;
        var error = new StringWriter();
        var code = await CommandLine.Run(CommandLine.Command((settings, _) =>
        {
            read = settings;
            return Task.FromResult(0);
        }), arguments, new InvocationConfiguration { Error = error });
        Assert.True(code == 0, error.ToString());
        return read!;
    }
}
