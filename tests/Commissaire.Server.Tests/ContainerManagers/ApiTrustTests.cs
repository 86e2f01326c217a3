using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Lab.Kubernetes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

/// <summary>Credentials reach the API only: a server with another name, authority or purpose receives no request.</summary>
public sealed class ApiTrustTests : NodesSpec
{
    private const string OtherName = "other.example.com";

    public static TheoryData<string> Credentials => ["token", "certificate", "kubeconfig"];

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task A_server_of_the_same_authority_with_another_name_receives_nothing(string credentials)
    {
        await Become(OtherName, "127.0.0.99");

        await AssertUntrusted(Options(credentials), wrongName: true,
            $"the API's certificate is for {OtherName}, 127.0.0.99, not for 127.78.0.");
    }

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task A_server_of_another_authority_receives_nothing(string credentials)
    {
        await using var other = await LabKubernetes.Start();
        await Become(Address);

        await AssertUntrusted(Options(credentials, authority: other), wrongName: false, "the API's certificate is not trusted");
    }

    [Fact]
    public async Task Without_an_authority_the_machine_decides() =>
        await AssertUntrusted(
            OptionSet.Empty.With("server_url", Kubernetes.Url), wrongName: false, "set its certificate authority as option ca");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_was_trusted_is_verified_again_when_it_is_lost(bool wrongName)
    {
        await Nodes.Probe(default);
        var before = Kubernetes.Requests.Length;
        await Become(wrongName ? OtherName : Address);

        // The first request may still use the lost connection, and find it broken.
        var error = await Eventually.Is(
            () => Record.ExceptionAsync(() => Nodes.Probe(default)), e => e is null || KubernetesErrors.Untrusted(e) is not null,
            "the probe connects again");

        Assert.Equal(wrongName, error is not null && KubernetesErrors.Untrusted(error) is { WrongName: true });
        Assert.Equal(wrongName ? before : before + 1, Kubernetes.Requests.Length);
    }

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task A_redirect_is_not_followed(string credentials)
    {
        await using var other = await LabKubernetes.Start();
        await using var open = await LabKubernetes.Start(new LabKubernetesOptions { Tls = false });
        foreach (var target in new[] { other, open, Kubernetes })
        {
            Kubernetes.Redirect(request => !request.Path.StartsWith("/moved", StringComparison.Ordinal), $"{target.Url}/moved");
            using var client = Client(Options(credentials));

            var error = await Assert.ThrowsAnyAsync<Exception>(() => client.Probe(default));

            Assert.StartsWith("the API answered 307, a redirect", KubernetesErrors.Explain(error), StringComparison.Ordinal);
        }

        Assert.Empty(other.Requests);
        Assert.Empty(open.Requests);
        Assert.Equal(3, Kubernetes.Requests.Length);
    }

    [Fact]
    public async Task The_tls_server_name_of_a_kubeconfig_is_the_name_to_verify()
    {
        await Become(OtherName);
        using var named = Client(Kubeconfig("tls-server-name: " + OtherName));
        await named.Probe(default);
        await Become(Address);

        await AssertUntrusted(Kubeconfig("tls-server-name: " + OtherName), wrongName: true, $"not for {OtherName}");
    }

    [Fact]
    public async Task Paths_in_a_kubeconfig_are_relative_to_it()
    {
        var directory = Path.GetDirectoryName(Kubernetes.CaPath)!;
        using var client = Client(Kubeconfig($"certificate-authority: {Path.GetFileName(Kubernetes.CaPath)}", withAuthority: false));

        await client.Probe(default);

        Assert.NotEqual(directory, Environment.CurrentDirectory);
        Assert.Equal(200, Assert.Single(Kubernetes.Requests).Status);
    }

    [Fact]
    public async Task Insecure_skip_tls_verify_accepts_any_server()
    {
        await Become(OtherName);
        using var option = Client(OptionSet.Empty.With("server_url", Kubernetes.Url).With("insecure_skip_tls_verify", "true"));
        using var file = Client(Kubeconfig("insecure-skip-tls-verify: true", withAuthority: false));

        await option.Probe(default);
        await file.Probe(default);

        Assert.All(Kubernetes.Requests, request => Assert.Equal(200, request.Status));
    }

    [Theory]
    [InlineData("exec: {apiVersion: v1, command: /usr/bin/touch, args: [TARGET]}", "runs the program '/usr/bin/touch' (exec)")]
    [InlineData("token: t, exec: {apiVersion: v1, command: touch, args: [TARGET]}", "runs the program 'touch' (exec)")]
    [InlineData("auth-provider: {name: gcp, config: {cmd-path: touch, id-token: t}}", "needs the plug-in 'gcp' (auth-provider)")]
    [InlineData("token: t, auth-provider: {name: oidc, config: {}}", "needs the plug-in 'oidc' (auth-provider)")]
    public void A_kubeconfig_that_needs_a_program_is_rejected_by_name(string user, string problem)
    {
        var target = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}");
        var options = Kubeconfig("", user: user.Replace("TARGET", target, StringComparison.Ordinal));

        var error = Assert.Throws<FormatException>(() => KubernetesSettings.Read(options, null));

        Assert.StartsWith("kubeconfig: cannot use '", error.Message, StringComparison.Ordinal);
        Assert.Contains("': user 'commissaire' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("apiVersion: v1")]
    [InlineData("contexts: [{name: c, context: {cluster: c, user: u}}]\ncurrent-context: c")]
    [InlineData("contexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://a', "
        + "certificate-authority-data: '?'}}]\nusers: []\ncurrent-context: c")]
    [InlineData("- a: [")]
    public void A_damaged_kubeconfig_is_rejected_by_name(string text)
    {
        var options = OptionSet.Empty.With("kubeconfig", Kubernetes.WriteFile("kubeconfig", text));

        var error = Assert.Throws<FormatException>(() => KubernetesSettings.Read(options, null));

        Assert.StartsWith("kubeconfig: cannot use '", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_intermediate_authority_is_trusted_for_what_it_signed_itself()
    {
        var root = Issue("CN=root", null);
        var intermediate = Issue("CN=intermediate", root);
        var forger = Issue("CN=intermediate", root);

        Assert.True(Trusts(Issue("CN=api", intermediate, server: true), intermediate));
        Assert.False(Trusts(Issue("CN=api", forger, server: true), intermediate));
        Assert.False(Trusts(Issue("CN=api", intermediate, server: false), intermediate));
        Assert.False(Trusts(Issue("CN=api", root, server: true), intermediate));
        Assert.True(Trusts(Issue("CN=api", root, server: true), root));
    }

    // An authority signs no certificate that outlives it, not even by a second.
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private string Address => new Uri(Kubernetes.Url).Host;

    private static bool Trusts(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain { ChainPolicy = ApiTrust.Policy([authority]) };
        return chain.Build(certificate) || ApiTrust.EndsAtAuthority(chain, [authority]);
    }

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool? server = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(server is null, false, 0, true));
        if (server is { } forServers)
        {
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([new Oid(forServers ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        }

        if (issuer is null)
        {
            return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        }

        using var issued = request.Create(issuer, Now.AddDays(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private async Task AssertUntrusted(OptionSet options, bool wrongName, string explanation)
    {
        var before = Kubernetes.Requests.Length;
        using var client = Client(options);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => client.Probe(default));

        Assert.Contains(explanation, KubernetesErrors.Explain(error), StringComparison.Ordinal);
        Assert.Equal(wrongName, KubernetesErrors.Untrusted(error)?.WrongName);
        Assert.Equal(before, Kubernetes.Requests.Length);
    }

    private async Task Become(params IReadOnlyList<string> names)
    {
        await Kubernetes.Stop();
        Kubernetes.Reissue(names);
        await Kubernetes.Start();
    }

    private KubernetesContainerManager Client(OptionSet options)
    {
        var hasToken = options.Text("kubeconfig") is null && options.Text("certificate_path") is null;
        return new(KubernetesSettings.Read(options, hasToken ? Kubernetes.Token : null), Clock);
    }

    private OptionSet Options(string credentials, LabKubernetes? authority = null)
    {
        if (credentials == "kubeconfig")
        {
            return Kubeconfig("", authority: authority);
        }

        var options = OptionSet.Empty.With("server_url", Kubernetes.Url).With("ca", (authority ?? Kubernetes).CaPem);
        if (credentials == "token")
        {
            return options;
        }

        var own = Kubernetes.IssueClientCertificate("commissaire");
        return options.With("certificate_path", own.CertificatePath).With("certificate_key_path", own.KeyPath);
    }

    private OptionSet Kubeconfig(string cluster, string? user = null, bool withAuthority = true, LabKubernetes? authority = null)
    {
        string[] settings =
        [
            $"server: \"{Kubernetes.Url}\"",
            .. withAuthority ? [$"certificate-authority: {(authority ?? Kubernetes).CaPath}"] : (string[])[],
            .. cluster.Length > 0 ? [cluster] : (string[])[],
        ];
        return OptionSet.Empty.With("kubeconfig", Kubernetes.WriteFile("kubeconfig",
            $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: lab
              cluster: { {{string.Join(", ", settings)}} }
            users:
            - name: commissaire
              user: { {{user ?? $"token: {Kubernetes.Token}"}} }
            contexts:
            - name: lab
              context: {cluster: lab, user: commissaire}
            current-context: lab
            """));
    }
}
