using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;

namespace Commissaire.Server.Tests.Configuration;

public sealed class SettingsTests
{
    private readonly string _directory = RunningServer.NewDataDirectory();

    [Fact]
    public void Defaults_are_as_documented()
    {
        var settings = SettingsReader.Read([]);
        Assert.Equal((IPAddress.Loopback, 8000, false), (settings.ListenInterface, settings.ListenPort, settings.Debug));
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5)), (settings.Watch.Interval, settings.Watch.Retry));
        Assert.Equal("http://127.0.0.1:2379", settings.Bootstrap.Etcd.Endpoints);
        Assert.False(settings.MetricsAnonymous);
        Assert.Empty(settings.Plugins);
        Assert.Empty(settings.Warnings);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("_")]
    public void A_server_configuration_of_2017_works(string dash)
    {
        var settings = Read("""
            {"listen-interface": "127.0.0.1", "listen-port": 8001, "bus-uri": "redis://127.0.0.1:6379/",
             "authentication-plugins": [{"name": "httpbasicauth", "users": {"a-b": {"hash": "$2b$12$abc"}}}],
             "self-auths": ["/api/v0/secrets"], "debug": true}
            """.Replace("-port", $"{dash}port", StringComparison.Ordinal)
            .Replace("-interface", $"{dash}interface", StringComparison.Ordinal)
            .Replace("-plugins", $"{dash}plugins", StringComparison.Ordinal).Replace("-auths", $"{dash}auths", StringComparison.Ordinal)
            .Replace("bus-uri", $"bus{dash}uri", StringComparison.Ordinal));
        Assert.Equal((IPAddress.Loopback, 8001, true), (settings.ListenInterface, settings.ListenPort, settings.Debug));
        var plugin = Assert.Single(settings.Plugins);
        Assert.Equal(("httpbasicauth", "$2b$12$abc"), (plugin.Name, plugin.Users["a-b"]));
        Assert.Equal(2, settings.Warnings.Length);
        Assert.Contains("'self_auths' is obsolete", string.Join(' ', settings.Warnings));
        Assert.Contains("'bus_uri' is obsolete", string.Join(' ', settings.Warnings));
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("commissaire_service.storage.etcd")]
    public void Flannel_uses_the_etcd_of_a_storage_configuration_of_2017(string type)
    {
        foreach (var file in new[] { "crt", "key", "ca" })
        {
            File.WriteAllText(Path.Combine(_directory, file), file);
        }

        var settings = Read($$"""
            {"bus_uri": "redis://127.0.0.1:6379", "custodia_socket_path": "/x",
             "storage_handlers": [
                {"type": "dict", "server_url": "http://no"},
                {"type": "{{type}}", "server_url": "https://etcd:2379", "certificate_path": "{{_directory}}/crt",
                 "certificate_key_path": "{{_directory}}/key", "certificate_ca_path": "{{_directory}}/ca", "models": ["*"]}]}
            """);
        var etcd = settings.Bootstrap.Etcd;
        Assert.Equal("https://etcd:2379", etcd.Endpoints);
        Assert.Equal(["crt", "key", "ca"],
            new[] { etcd.Certificate, etcd.CertificateKey, etcd.CertificateAuthority }.Select(c => Encoding.UTF8.GetString(c.Span)));
    }

    [Fact]
    public void A_module_path_of_2017_is_an_alias()
    {
        var settings = Read("""{"authentication-plugins": [{"name": "commissaire_http.authentication.httpauthclientcert", "cn": "x"}]}""");
        Assert.Equal(("httpauthclientcert", "x"), (settings.Plugins[0].Name, settings.Plugins[0].Options["cn"]));
    }

    [Theory]
    [InlineData("""{"color": {"a": 1}}""", "color")]
    [InlineData("""{"bootstrap": {"flannel-pakcage": ""}}""", "bootstrap.flannel_pakcage")]
    [InlineData("""{"bootstrap": {"etcd": {"certificate": "x"}}}""", "bootstrap.etcd.certificate")]
    [InlineData("""{"bootstrap": {"kubernetes": {"version": "1.34"}}}""", "bootstrap.kubernetes.version")]
    public void An_unknown_key_stops_the_start(string config, string key) =>
        Assert.StartsWith(
            $"{key}: is not a setting.", Assert.Throws<StartupException>(() => Read(config)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"listen_prot": 80}""", "listen_prot: is not a setting. Did you mean listen_port?")]
    [InlineData("""{"tls-pem-file": "x"}""", "tls_pem_file: is not a setting. Did you mean tls_pemfile?")]
    [InlineData("""{"bootstrap": {"docker_pakage": "x"}}""",
        "bootstrap.docker_pakage: is not a setting. Did you mean bootstrap.docker_package?")]
    public void A_misspelt_key_is_answered_with_the_nearest_one(string config, string message) =>
        Assert.Equal(message, Assert.Throws<StartupException>(() => Read(config)).Message);

    [Fact]
    public void Flannel_package_and_registry_mirror_may_be_empty()
    {
        var settings = Read("""{"bootstrap": {"flannel-package": "", "registry-mirror": ""}}""").Bootstrap;
        Assert.Equal(("", ""), (settings.FlannelPackage, settings.RegistryMirror));
    }

    [Theory]
    [InlineData("""{"bootstrap": {"flannel_package": ""}}""", "")]
    [InlineData("""{"bootstrap": {"flannel_package": "  "}}""", "")]
    [InlineData("""{"bootstrap": {"flannel_package": null}}""", "flannel")]
    [InlineData("""{"bootstrap": {}}""", "flannel")]
    [InlineData("""{"bootstrap": {"flannel_package": "flannel-0.5"}}""", "flannel-0.5")]
    public void The_flannel_package_is_read(string config, string package) => Assert.Equal(package, Read(config).Bootstrap.FlannelPackage);

    [Fact]
    public void The_packages_of_nodes_are_configurable()
    {
        var sources = Read("""
            {"bootstrap": {"kubernetes":
                {"repository": "", "containerd-package": "cri", "kubelet-package": "kubelet-1.34", "join-deadline": 30}}}
            """).Bootstrap.Kubernetes;
        Assert.Equal(("", "cri", "kubelet-1.34", "kubeadm", TimeSpan.FromSeconds(30)),
            (sources.Repository, sources.ContainerdPackage, sources.KubeletPackage, sources.KubeadmPackage, sources.JoinDeadline));
    }

    [Theory]
    [InlineData("""{"listen-port": "x"}""", "listen_port")]
    [InlineData("""{"listen-port": 70000}""", "listen_port")]
    [InlineData("""{"listen-port": 80.5}""", "listen_port")]
    [InlineData("""{"listen-port": {}}""", "listen_port")]
    [InlineData("""{"listen-interface": "example.com"}""", "listen_interface")]
    [InlineData("""{"debug": "perhaps"}""", "debug")]
    [InlineData("""{"metrics-anonymous": "yes"}""", "metrics_anonymous: expected true or false, got 'yes'")]
    [InlineData("""{"watch-interval": 0}""", "watch_interval")]
    [InlineData("""{"watch-retry": "NaN"}""", "watch_retry")]
    [InlineData("""{"trusted-proxies": ["x"]}""", "trusted_proxies")]
    [InlineData("""{"trusted-proxies": [null]}""", "trusted_proxies")]
    [InlineData("""{"trusted-proxies": ["10.0.0.0/"]}""", "trusted_proxies: expected an IP address or a network")]
    [InlineData("""{"trusted-proxies": ["10.0.0.0/33"]}""", "trusted_proxies: expected an IP address or a network")]
    [InlineData("""{"tls-pemfile": "/nowhere/x.pem"}""", "tls_pemfile")]
    [InlineData("""{"tls-clientverifyfile": "/nowhere/x.pem"}""", "tls_clientverifyfile")]
    [InlineData("""{"key-file": "/nowhere/secret.keys"}""", "key_file: cannot read '/nowhere/secret.keys'")]
    [InlineData("""{"authentication-plugins": {"name": "httpbasicauth"}}""", "authentication_plugins")]
    [InlineData("""{"authentication-plugins": [{"cn": "x"}]}""", "authentication_plugins")]
    [InlineData("""{"authentication-plugins": ["httpbasicauth"]}""", "authentication_plugins")]
    [InlineData("""{"bootstrap": {"registry-mirror": "a\nb"}}""", "registry_mirror")]
    [InlineData("""{"bootstrap": {"install-deadline": "long"}}""", "install_deadline")]
    [InlineData("""{"bootstrap": {"kubernetes": {"repository": "https://a /b"}}}""", "kubernetes.repository: must not contain spaces")]
    [InlineData("""{"bootstrap": {"kubernetes": {"repository-key-path": "/nowhere/x"}}}""", "repository_key_path")]
    [InlineData("""{"bootstrap": {"kubernetes": {"join-deadline": 1000}}}""", "join_deadline: expected a number from 0.1 to 600")]
    [InlineData("""{"storage-handlers": [{"type": "etcd", "certificate_path": "/nowhere/x"}]}""", "certificate_path")]
    [InlineData("""{"tls-clientverifyfile": "/dev/null"}""", "tls_clientverifyfile: needs tls_pemfile")]
    [InlineData("""{"authentication-plugins": [{"name": "httpbasicauth", "users": {"a": "x"}}]}""", "user 'a' of httpbasicauth")]
    [InlineData("""{"authentication-plugins": [{"name": "httpbasicauth", "users": {"a": {"hash": null}}}]}""", "user 'a' of httpbasicauth")]
    [InlineData("""{"authentication-plugins": [{"name": "httpbasicauth", "users": ["a"]}]}""", "users: expected an object")]
    [InlineData("""{"authentication-plugins": [{"name": "httpbasicauth", "cn": "x", "cn": "y"}]}""", "'cn'")]
    [InlineData("""{"bootstrap": ["x"]}""", "bootstrap: expected an object")]
    [InlineData("""{"bootstrap": {"etcd": "x"}}""", "etcd: expected an object")]
    [InlineData("""{"debug": true, "debug": false}""", "'debug'")]
    [InlineData("""{"bootstrap": {"a": 1, "a": 2}}""", "'a'")]
    [InlineData("""{"listen-port": 1, "listen_port": 2}""", "listen_port: is set twice")]
    public void An_invalid_value_is_reported_with_its_key(string config, string key) =>
        Assert.Contains(key, Assert.Throws<StartupException>(() => Read(config)).Message);

    [Theory]
    [InlineData("[]", "must contain a JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    [InlineData("null", "must contain a JSON object")]
    public void An_invalid_file_is_reported(string content, string says) =>
        Assert.Contains(says, Assert.Throws<StartupException>(() => Read(content)).Message);

    [Fact]
    public void A_configured_file_must_exist_and_the_default_file_need_not()
    {
        Assert.Contains(
            "/nowhere/c.conf", Assert.Throws<StartupException>(() => ConfigFile.Read("/nowhere/c.conf", "/nowhere/d.conf")).Message);
        Assert.Empty(ConfigFile.Read(null, "/nowhere/d.conf"));
    }

    [Fact]
    public void A_data_directory_serves_one_server()
    {
        using (SqliteDatabase.Open(_directory))
        {
            Assert.Contains(_directory, Assert.Throws<StartupException>(
                () => ServerHost.Build(RunningServer.Settings(_directory), TextWriter.Null)).Message);
        }

        SqliteDatabase.Open(_directory).Dispose();
    }

    [Theory]
    [InlineData("/proc/nowhere")]
    [InlineData("/dev/null")]
    [InlineData("/dev/null/x")]
    public void An_unusable_data_directory_is_reported(string directory) =>
        Assert.Contains($"'{directory}'", Assert.Throws<StartupException>(() => SqliteDatabase.Open(directory)).Message);

    [Fact]
    public void An_invalid_database_is_reported_and_closed()
    {
        File.WriteAllText(Path.Combine(_directory, "commissaire.db"), new string('x', 5000));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Contains("commissaire.db", Assert.Throws<StartupException>(() => SqliteDatabase.Open(_directory)).Message);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("""{"admin": "x"}""")]
    public void An_invalid_users_file_is_reported(string content)
    {
        var file = Path.Combine(_directory, "users.json");
        File.WriteAllText(file, content);
        Assert.Contains($"'{file}'", Assert.Throws<StartupException>(() => ServerHost.Build(
            RunningServer.Settings(_directory, new JsonObject { ["authentication_plugins"] = null }), TextWriter.Null)).Message);
    }

    [Fact]
    public void An_interrupted_first_start_is_recovered()
    {
        foreach (var name in new[] { "secret.keys", "users.json" })
        {
            File.WriteAllText(Path.Combine(_directory, name + ".new"), "{");
        }

        ServerHost.Build(RunningServer.Settings(_directory, new JsonObject { ["authentication_plugins"] = null }), TextWriter.Null);

        using var console = new StringWriter();
        UsersFile.PrintPassword(_directory, console);
        UsersFile.PrintPassword(_directory, console);
        Assert.Single(console.ToString().Split("Log in as user 'admin'")[1..]);
        Assert.Equal(["commissaire.db", "secret.keys", "users.json"], Directory.GetFiles(_directory).Select(Path.GetFileName)
            .Where(f => f is not "commissaire.lock" && !f!.StartsWith("commissaire.db-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[1]")]
    public void A_users_file_that_is_named_and_cannot_be_used_stops_the_start(string? content)
    {
        var file = Path.Combine(_directory, "named.json");
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        var plugin = new JsonObject { ["name"] = "httpbasicauth", ["filepath"] = file };
        Assert.StartsWith($"The users file '{file}' cannot be used: ", Assert.Throws<StartupException>(() => ServerHost.Build(
            RunningServer.Settings(_directory, new JsonObject { ["authentication_plugins"] = new JsonArray(plugin) }), TextWriter.Null))
            .Message);
    }

    [Theory]
    [InlineData("{}", "127.0.0.1")]
    [InlineData("""{"listen_interface": "10.0.0.1"}""", "10.0.0.1")]
    public void Without_tls_the_server_listens_on_loopback_unless_told_otherwise(string config, string address) =>
        Assert.Equal(address, Read(config).ListenInterface.ToString());

    [Fact]
    public void A_password_that_is_not_that_of_the_users_file_is_not_printed()
    {
        UsersFile.First(_directory);
        File.WriteAllText(
            Path.Combine(_directory, "users.json"), $$$"""{"admin": {"hash": "{{{BCrypt.Net.BCrypt.HashPassword("mine", 4)}}}"}}""");
        using var console = new StringWriter();
        UsersFile.PrintPassword(_directory, console);
        Assert.Equal("", console.ToString());
    }

    [Theory]
    [InlineData("httpbasicauth", "file_path", "filepath")]
    [InlineData("httpauthclientcert", "cm", "cn")]
    public void An_unknown_option_of_a_plugin_is_rejected(string name, string option, string meant)
    {
        var plugin = new JsonObject { ["name"] = name, [option] = "x" };
        Assert.Equal(
            $"authentication_plugins: {option}: is not an option of {name}. Did you mean {meant}?",
            Assert.Throws<StartupException>(() => ServerHost.Build(
                RunningServer.Settings(_directory, new JsonObject { ["authentication_plugins"] = new JsonArray(plugin) }), TextWriter.Null))
                .Message);
    }

    [Fact]
    public void An_unknown_authentication_plugin_is_rejected()
    {
        var config = new JsonObject { ["authentication_plugins"] = new JsonArray(new JsonObject { ["name"] = "keystonetokenauth" }) };
        Assert.Contains("'keystonetokenauth' is not supported", Assert.Throws<StartupException>(
            () => ServerHost.Build(RunningServer.Settings(_directory, config), TextWriter.Null)).Message);
    }

    private ServerSettings Read(string config)
    {
        var file = Path.Combine(_directory, "commissaire.conf");
        File.WriteAllText(file, config);
        return SettingsReader.Read(ConfigFile.Read(file, file));
    }
}
