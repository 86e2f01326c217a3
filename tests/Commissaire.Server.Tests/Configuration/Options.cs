using System.CommandLine;
using Commissaire.Configuration;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Configuration;

/// <summary>The command line.</summary>
public sealed class Options
{
    private readonly string _directory = RunningServer.NewDataDirectory();

    [Fact]
    public async Task Clients_of_2017_start_the_server_like_this()
    {
        var settings = await Read(
            "--no-config-file", "--bus-uri", "redis://127.0.0.1:6379/", "--listen-port", "8001", "--authentication-plugin",
            "commissaire_http.authentication.httpbasicauth:filepath=/etc/commissaire/users.json", "--self-auth", "/api/v0/secrets");
        Assert.Equal(8001, settings.ListenPort);
        Assert.Equal(("httpbasicauth", "/etc/commissaire/users.json"), (settings.Plugins[0].Name, settings.Plugins[0].Options["filepath"]));
    }

    [Fact]
    public async Task A_value_of_a_plugin_may_be_a_url_and_plugins_may_be_several()
    {
        var settings = await Read(
            "--no-config-file", "--authentication-plugin", "keystonetokenauth:url=https://example.com:5000/v3?a=b,x=y", "--authentication-plugin", "httpauthclientcert:",
            "--authentication-plugin", "httpbasicauth");
        Assert.Equal(["keystonetokenauth", "httpauthclientcert", "httpbasicauth"], settings.Plugins.Select(p => p.Name));
        Assert.Equal("https://example.com:5000/v3?a=b", settings.Plugins[0].Options["url"]);
        Assert.Equal("y", settings.Plugins[0].Options["x"]);
    }

    [Fact]
    public async Task The_command_line_wins_over_the_file()
    {
        var file = Path.Combine(_directory, "c.conf");
        File.WriteAllText(file, """{"listen-port": 1, "watch-interval": 7, "authentication-plugins": [{"name": "httpauthclientcert"}]}""");
        var settings = await Read("-c", file, "-p", "2", "-i", "127.0.0.2", "--debug", "--data-dir", _directory, "--authentication-plugin", "httpbasicauth");
        Assert.Equal((2, "127.0.0.2", true, _directory), (settings.ListenPort, settings.ListenInterface.ToString(), settings.Debug, settings.DataDirectory));
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Watch.Interval);
        Assert.Equal("httpbasicauth", Assert.Single(settings.Plugins).Name);
    }

    [Fact]
    public async Task Metrics_are_opened_by_an_option()
    {
        Assert.False((await Read("--no-config-file")).MetricsAnonymous);
        Assert.True((await Read("--no-config-file", "--metrics-anonymous")).MetricsAnonymous);
    }

    [Fact]
    public async Task Options_may_be_abbreviated_and_their_values_are_left_alone()
    {
        var settings = await Read(
            "--no-config", "--listen-p", "8001", "--listen-i=127.0.0.2", "--bus-u", "--listen-p", "--deb", "--data-d", "--no-config", "--auth=httpbasicauth:filepath=/x", "--key:/dev/null");
        Assert.Equal((8001, "127.0.0.2", true, "--no-config", "/dev/null"),
            (settings.ListenPort, settings.ListenInterface.ToString(), settings.Debug, settings.DataDirectory, settings.KeyFile));
        Assert.Equal("/x", Assert.Single(settings.Plugins).Options["filepath"]);
    }

    [Theory]
    [InlineData("--listen: could be --listen-interface, --listen-port; write more of it.", "--no-config", "--listen", "8001")]
    [InlineData("--cluster-tls: could be --cluster-tls-cafile, --cluster-tls-pemfile; write more of it.", "--no-config", "--cluster-tls=x")]
    [InlineData("listen_port", "--no-config-file", "--listen-port", "x")]
    [InlineData("/nowhere/c.conf", "--config-file", "/nowhere/c.conf")]
    [InlineData("'filepath'", "--no-config-file", "--authentication-plugin", "httpbasicauth:filepath")]
    public async Task What_is_wrong_is_said_and_the_exit_code_is_2(string says, params string[] arguments)
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
