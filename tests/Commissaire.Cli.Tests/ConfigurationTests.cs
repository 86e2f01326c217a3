using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Configuration;

namespace Commissaire.Cli.Tests;

/// <summary>Where server and credentials come from.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly Commctl commctl = new();

    public ConfigurationTests() => commctl.Server.On("GET /clusters", "[]");

    private string Authorization => Assert.Single(commctl.Server.Requests).Authorization;

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("-c")]
    [InlineData("--config")]
    public async Task A_file_is_named_on_the_command_line(string option)
    {
        var path = commctl.File("other.json", $$"""{"username": "o", "password": "p", "endpoint": "{{commctl.Server.Url}}"}""");

        var ran = await commctl.Run("cluster", "list", option, path);

        Assert.Equal((0, "[]\n", ""), (ran.Code, ran.Output, ran.Error));
        Assert.Equal("Basic bzpw", Authorization);
    }

    [Fact]
    public async Task A_file_is_named_in_the_environment()
    {
        commctl.Variables["COMMCTL_CONFIG"] = commctl.File("other.json", $$"""{"username": "o", "password": "p", "endpoint": "{{commctl.Server.Url}}"}""");

        Assert.Equal(0, (await commctl.Run("cluster list")).Code);
    }

    [Fact]
    public async Task A_missing_password_is_asked_for()
    {
        commctl.File(".commissaire.json", $$"""{"username": "a", "endpoint": "{{commctl.Server.Url}}"}""");
        commctl.Typed = "b";

        await commctl.Run("cluster list");

        Assert.Equal(["Password for a: "], commctl.Prompts);
        Assert.Equal("Basic YTpi", Authorization);
    }

    [Fact]
    public async Task Without_a_file_everything_is_asked_for()
    {
        commctl.Typed = commctl.Server.Url;

        Assert.Equal(0, (await commctl.Run("cluster list")).Code);

        Assert.Equal(["Endpoint: ", "Username: ", $"Password for {commctl.Server.Url}: "], commctl.Prompts);
    }

    [Theory]
    [InlineData("cluster list", "No endpoint: give --endpoint http://HOST:8000, or put \"endpoint\" into ")]
    [InlineData("cluster list --endpoint http://127.0.0.1:1", "No username: give --username, or put \"username\" into ")]
    [InlineData("cluster list --endpoint http://127.0.0.1:1 -u a", "No password for user 'a', and no terminal to ask at: give --password-file, or put \"password\" into ")]
    public async Task What_is_missing_and_cannot_be_asked_for_is_named(string line, string said)
    {
        var ran = await commctl.Run(line);

        Assert.Equal(2, ran.Code);
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_comes_before_the_file()
    {
        commctl.File(".commissaire.json", """{"username": "a", "password": "a", "endpoint": "http://127.0.0.1:1"}""");

        await commctl.Run("cluster", "list", "--endpoint", commctl.Server.Url, "-u", "b", "--password-file", commctl.File("p", "secret\nmore\n"));

        Assert.Equal("Basic " + Convert.ToBase64String("b:secret"u8), Authorization);
    }

    [Fact]
    public async Task The_password_in_the_file_is_that_of_the_user_in_the_file()
    {
        commctl.Configured();
        commctl.Typed = "typed";

        await commctl.Run("cluster list -u b");

        Assert.Equal("Basic " + Convert.ToBase64String("b:typed"u8), Authorization);
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_warned_of_if_it_holds_a_password()
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.GroupRead;
        var path = commctl.File("open.json", $$"""{"username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}"}""", open);
        var harmless = commctl.File("harmless.json", $$"""{"username": "a", "endpoint": "{{commctl.Server.Url}}"}""", open);
        commctl.Typed = "a";

        Assert.Equal($"commctl: warning: {path} holds a password and is open to other users; run: chmod 600 {path}\n", (await commctl.Run("cluster", "list", "-c", path)).Error);
        Assert.Equal("", (await commctl.Run("cluster", "list", "-c", harmless)).Error);
    }

    [Theory]
    [InlineData("{", " is not JSON, line 1; expected an object such as ")]
    [InlineData("[]", " does not hold an object; expected one such as ")]
    [InlineData("""{"endpoint": 7}""", ": 'endpoint' is not text or a list of texts.")]
    [InlineData("""{"username": ["a"]}""", ": 'username' is not text.")]
    public async Task A_file_that_is_not_as_expected_is_named(string content, string said)
    {
        var path = commctl.File("bad.json", content);

        var ran = await commctl.Run("cluster", "list", "-c", path);

        Assert.Equal(2, ran.Code);
        Assert.StartsWith($"commctl cluster: error: The configuration file {path}{said}", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_setting_is_warned_of()
    {
        var path = commctl.File("new.json", $$"""{"username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}", "colour": "red"}""");

        var ran = await commctl.Run("cluster", "list", "-c", path);

        Assert.Equal((0, $"commctl: warning: {path}: 'colour' is not a setting and is ignored.\n"), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("token: abc", "Bearer abc")]
    [InlineData("{username: u, password: 'p:q'}", "Basic dTpwOnE=")]
    public async Task A_kubeconfig_comes_before_user_and_password(string user, string authorization)
    {
        var kubeconfig = commctl.File("kubeconfig", Kubeconfig(user.StartsWith('{') ? user : $"{{{user}}}"));
        commctl.File(".commissaire.json", $$"""{"kubeconfig": "{{kubeconfig}}", "username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}"}""");

        await commctl.Run("cluster list");

        Assert.Equal(authorization, Authorization);
    }

    [Fact]
    public void A_kubeconfig_with_a_client_certificate_shows_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        commctl.File("me.crt", certificate.ExportCertificatePem());
        commctl.File("me.key", key.ExportPkcs8PrivateKeyPem());

        var identity = KubeConfig.ReadCredentials(commctl.File("kubeconfig", Kubeconfig("{client-certificate: me.crt, client-key: me.key}")));

        Assert.Null(identity.Authorization);
        Assert.Equal("CN=me", identity.ClientCertificate!.Subject);
        Assert.True(identity.ClientCertificate.HasPrivateKey);
    }

    [Theory]
    [InlineData("{", "is not YAML, line ")]
    [InlineData("a: b", "has no current-context.")]
    [InlineData("current-context: nope", "has no context 'nope'.")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {user: u}}]", "has no token, no username with password and no client certificate with key for user 'u'.")]
    public async Task A_kubeconfig_of_no_use_is_named(string content, string said)
    {
        var kubeconfig = commctl.File("kubeconfig", content);
        commctl.File(".commissaire.json", $$"""{"kubeconfig": "{{kubeconfig}}", "endpoint": "{{commctl.Server.Url}}"}""");

        var ran = await commctl.Run("cluster list");

        Assert.Equal(2, ran.Code);
        Assert.StartsWith($"commctl cluster: error: The kubeconfig {kubeconfig} {said}", ran.Error, StringComparison.Ordinal);
    }

    private static string Kubeconfig(string user) => $"""
        apiVersion: v1
        current-context: here
        contexts:
        - name: elsewhere
          context: {"{user: other, cluster: c}"}
        - name: here
          context: {"{user: me, cluster: c}"}
        users:
        - name: me
          user: {user}
        """;
}
