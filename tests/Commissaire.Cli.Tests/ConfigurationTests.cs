using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Configuration;

namespace Commissaire.Cli.Tests;

/// <summary>The sources of the endpoint and the credentials.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly Commctl commctl = new();

    public ConfigurationTests() => commctl.Server.On("GET /clusters", "[]");

    private string Authorization => Assert.Single(commctl.Server.Requests).Authorization;

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("-c")]
    [InlineData("--config")]
    public async Task The_command_line_can_name_the_file(string option)
    {
        var path = commctl.File("other.json", $$"""{"username": "o", "password": "p", "endpoint": "{{commctl.Server.Url}}"}""");

        var result = await commctl.Run("cluster", "list", option, path);

        Assert.Equal((0, "[]\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal("Basic bzpw", Authorization);
    }

    [Fact]
    public async Task The_environment_can_name_the_file()
    {
        var config = $$"""{"username": "o", "password": "p", "endpoint": "{{commctl.Server.Url}}"}""";
        commctl.Variables["COMMCTL_CONFIG"] = commctl.File("other.json", config);

        Assert.Equal(0, (await commctl.Run("cluster list")).ExitCode);
    }

    [Fact]
    public async Task A_missing_password_is_prompted_for()
    {
        commctl.File(".commissaire.json", $$"""{"username": "a", "endpoint": "{{commctl.Server.Url}}"}""");
        commctl.PromptAnswer = "b";

        await commctl.Run("cluster list");

        Assert.Equal(["Password for a: "], commctl.Prompts);
        Assert.Equal("Basic YTpi", Authorization);
    }

    [Fact]
    public async Task Without_a_file_every_setting_is_prompted_for()
    {
        commctl.PromptAnswer = commctl.Server.Url;

        Assert.Equal(0, (await commctl.Run("cluster list")).ExitCode);

        Assert.Equal(["Endpoint: ", "Username: ", $"Password for {commctl.Server.Url}: "], commctl.Prompts);
    }

    [Theory]
    [InlineData("cluster list", "No endpoint. Use --endpoint http://HOST:8000, or set \"endpoint\" in ")]
    [InlineData("cluster list --endpoint http://127.0.0.1:1", "No username. Use --username, or set \"username\" in ")]
    [InlineData("cluster list --endpoint http://127.0.0.1:1 -u a",
        "No password for user 'a'. Use --password-file, or set \"password\" in ")]
    public async Task Without_a_terminal_the_error_names_the_missing_setting(string line, string expected)
    {
        var result = await commctl.Run(line);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_takes_precedence_over_the_file()
    {
        commctl.File(".commissaire.json", """{"username": "a", "password": "a", "endpoint": "http://127.0.0.1:1"}""");

        var password = commctl.File("p", "secret\nmore\n");
        await commctl.Run("cluster", "list", "--endpoint", commctl.Server.Url, "-u", "b", "--password-file", password);

        Assert.Equal("Basic " + Convert.ToBase64String("b:secret"u8), Authorization);
    }

    [Fact]
    public async Task The_configured_password_is_not_used_for_another_user()
    {
        commctl.Configured();
        commctl.PromptAnswer = "typed";

        await commctl.Run("cluster list -u b");

        Assert.Equal("Basic " + Convert.ToBase64String("b:typed"u8), Authorization);
    }

    [Fact]
    public async Task A_file_with_a_password_that_others_can_read_causes_a_warning()
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.GroupRead;
        var path = commctl.File("open.json", $$"""{"username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}"}""", open);
        var noPassword = commctl.File("no-password.json", $$"""{"username": "a", "endpoint": "{{commctl.Server.Url}}"}""", open);
        commctl.PromptAnswer = "a";

        Assert.Equal(
            $"commctl: warning: {path} contains a password and is accessible to other users. Run: chmod 600 {path}\n",
            (await commctl.Run("cluster", "list", "-c", path)).Error);
        Assert.Equal("", (await commctl.Run("cluster", "list", "-c", noPassword)).Error);
    }

    [Theory]
    [InlineData("{", ": invalid JSON in line 1. Expected {\"username\": ")]
    [InlineData("[]", ": not a JSON object. Expected {\"username\": ")]
    [InlineData("""{"endpoint": 7}""", ": 'endpoint' must be a string or a list of strings.")]
    [InlineData("""{"username": ["a"]}""", ": 'username' must be a string.")]
    public async Task An_invalid_file_is_an_error_with_its_path(string content, string expected)
    {
        var path = commctl.File("bad.json", content);

        var result = await commctl.Run("cluster", "list", "-c", path);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"commctl cluster: error: Configuration file {path}{expected}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_setting_causes_a_warning()
    {
        var config = $$"""{"username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}", "colour": "red"}""";
        var path = commctl.File("new.json", config);

        var result = await commctl.Run("cluster", "list", "-c", path);

        Assert.Equal((0, $"commctl: warning: {path}: unknown setting 'colour' is ignored.\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("token: abc", "Bearer abc")]
    [InlineData("{username: u, password: 'p:q'}", "Basic dTpwOnE=")]
    public async Task A_kubeconfig_takes_precedence_over_user_and_password(string user, string authorization)
    {
        var kubeconfig = commctl.File("kubeconfig", Kubeconfig(user.StartsWith('{') ? user : $"{{{user}}}"));
        var config = $$"""{"kubeconfig": "{{kubeconfig}}", "username": "a", "password": "a", "endpoint": "{{commctl.Server.Url}}"}""";
        commctl.File(".commissaire.json", config);

        await commctl.Run("cluster list");

        Assert.Equal(authorization, Authorization);
    }

    [Fact]
    public void A_kubeconfig_can_contain_a_client_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        commctl.File("me.crt", certificate.ExportCertificatePem());
        commctl.File("me.key", key.ExportPkcs8PrivateKeyPem());

        var kubeconfig = commctl.File("kubeconfig", Kubeconfig("{client-certificate: me.crt, client-key: me.key}"));
        var credentials = KubeConfig.ReadCredentials(kubeconfig);

        Assert.Null(credentials.Authorization);
        Assert.Equal("CN=me", credentials.ClientCertificate!.Subject);
        Assert.True(credentials.ClientCertificate.HasPrivateKey);
    }

    [Theory]
    [InlineData("{", "is not valid YAML in line ")]
    [InlineData("a: b", "has no current-context.")]
    [InlineData("current-context: nope", "has no context 'nope'.")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {user: u}}]",
        "has no token, password or client certificate for user 'u'.")]
    public async Task An_invalid_kubeconfig_is_an_error_with_its_path(string content, string expected)
    {
        var kubeconfig = commctl.File("kubeconfig", content);
        commctl.File(".commissaire.json", $$"""{"kubeconfig": "{{kubeconfig}}", "endpoint": "{{commctl.Server.Url}}"}""");

        var result = await commctl.Run("cluster list");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"commctl cluster: error: The kubeconfig {kubeconfig} {expected}", result.Error, StringComparison.Ordinal);
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
