using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Options of Kubernetes container managers: valid, invalid and out of date.</summary>
public sealed class KubernetesOptionsTests(KubernetesOptionsTests.Debugged fixture) : IClassFixture<KubernetesOptionsTests.Debugged>
{
    [Fact]
    public async Task A_token_a_client_certificate_and_a_kubeconfig_are_ways_in()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        var certificate = k.Kubernetes.IssueClientCertificate("commissaire");
        Dictionary<string, string>[] ways =
        [
            k.Options,
            new() { ["apiserver"] = k.Kubernetes.Url, ["token"] = k.Kubernetes.Token, ["ca"] = k.Kubernetes.CaPath },
            new() { ["server_url"] = k.Kubernetes.Url, ["token"] = k.Kubernetes.Token, ["insecure_skip_tls_verify"] = "true" },
            new() { ["server_url"] = k.Kubernetes.Url, ["certificate_path"] = certificate.CertificatePath,
                ["certificate_key_path"] = certificate.KeyPath, ["ca"] = k.Kubernetes.CaPem },
            new() { ["kubeconfig"] = Kubeconfig(k, k.Kubernetes.Token), ["context"] = "lab" },
        ];
        foreach (var way in ways)
        {
            (await Put(k, way)).Ok();
            var found = await k.WaitForManager(_ => true, "it was tried");
            Assert.True(found["reachable"] == "True" && found["last_error"].Length == 0, $"{string.Join(',', way.Keys)}: {found}");
            (await fixture.Server.Delete($"/containermanager/{k.Manager}")).Ok();
        }
    }

    [Fact]
    public async Task An_authority_that_is_not_the_servers_and_a_context_that_is_not_there_are_refused()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        await using var other = await KubernetesFleet.StartApi(fixture);
        Dictionary<string, string> to = new() { ["server_url"] = k.Kubernetes.Url, ["token"] = k.Kubernetes.Token };

        var none = await Put(k, to);
        var wrong = await Put(k, new(to) { ["ca"] = other.Kubernetes.CaPem });
        var context = await Put(k, new() { ["kubeconfig"] = Kubeconfig(k, k.Kubernetes.Token), ["context"] = "nowhere" });

        Assert.Equal((400, 400, 400), (none.Code, wrong.Code, context.Code));
        Assert.StartsWith("ca: ", none["detail"], StringComparison.Ordinal);
        Assert.StartsWith("ca: ", wrong["detail"], StringComparison.Ordinal);
        Assert.StartsWith("kubeconfig: ", context["detail"], StringComparison.Ordinal);
        Assert.Equal(404, (await fixture.Server.Get($"/containermanager/{k.Manager}")).Code);
    }

    [Fact]
    public async Task A_server_of_the_same_authority_for_another_name_receives_nothing()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        var own = k.Kubernetes.IssueClientCertificate("commissaire");
        (await k.PutManager()).Ok();
        await k.WaitForManager(seen => seen["reachable"] == "True", "it is reachable");
        await k.Kubernetes.Stop();
        k.Kubernetes.Reissue("other.example.com");
        var before = k.Kubernetes.Requests.Length;
        await k.Kubernetes.Start();

        var token = await Put(k, k.Options, "another");
        var certificate = await Put(k, new()
        {
            ["server_url"] = k.Kubernetes.Url,
            ["certificate_path"] = own.CertificatePath,
            ["certificate_key_path"] = own.KeyPath,
            ["ca"] = k.Kubernetes.CaPem
        }, "another");
        var file = await Put(k, new() { ["kubeconfig"] = Kubeconfig(k, k.Kubernetes.Token) }, "another");
        var inUse = await k.WaitForManager(seen => seen["reachable"] == "False"
            && seen["last_error"].Contains("other.example.com", StringComparison.Ordinal), "the other name is reported");

        Assert.All([token, certificate, file], reply => Assert.Equal(400, reply.Code));
        Assert.StartsWith("server_url: the API's certificate is for other.example.com, not", token["detail"], StringComparison.Ordinal);
        Assert.StartsWith("kubeconfig: the API's certificate is for ", file["detail"], StringComparison.Ordinal);
        Assert.StartsWith("the API's certificate is for other.example.com", inUse["last_error"], StringComparison.Ordinal);
        Assert.Equal(before, k.Kubernetes.Requests.Length);
    }

    [Fact]
    public async Task A_kubeconfig_that_runs_a_program_is_refused_and_the_program_does_not_run()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        var proof = fixture.Server.WriteFile($"{k.Manager}.proof", "");
        File.Delete(proof);
        var path = Kubeconfig(k, $"t, exec: {{apiVersion: client.authentication.k8s.io/v1, command: touch, args: [{proof}]}}");

        var refused = await Put(k, new() { ["kubeconfig"] = path });

        Assert.Equal(400, refused.Code);
        Assert.Contains("runs the program 'touch' (exec)", refused["detail"], StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task An_api_that_is_away_is_accepted_and_shown_to_be_so()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        await k.Kubernetes.Stop();

        (await k.PutManager()).Ok();
        var away = await k.WaitForManager(_ => true, "it was tried");
        await k.Kubernetes.Start();

        Assert.Equal("False", away["reachable"]);
        Assert.StartsWith("the API cannot be reached", away["last_error"], StringComparison.Ordinal);
        await k.WaitForManager(seen => seen["reachable"] == "True", "it is reachable");
    }

    [Fact]
    public async Task A_token_without_rights_is_shown_in_the_words_of_the_api()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);

        (await Put(k, new(k.Options) { ["token"] = k.Kubernetes.TokenWithoutRights })).Ok();
        var found = await k.WaitForManager(_ => true, "it was tried");

        Assert.Equal("True", found["reachable"]);
        Assert.Contains("403", found["last_error"], StringComparison.Ordinal);
        Assert.Contains("cannot list resource \"nodes\"", found["last_error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_expired_is_renewed_and_hosts_go_on_without_a_restart()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var first = k.Kubernetes.Token;
        var renewed = k.Kubernetes.RenewToken();
        var host = await fixture.AddHost(LabOs.Atomic);
        k.Kubernetes.AddKubelet(host);

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(
            host, seen => seen["reason"].Contains("rejects the credentials (401)", StringComparison.Ordinal), "given a reason");
        await k.WaitForManager(seen => seen["reachable"] == "False"
            && seen["last_error"].Contains("401", StringComparison.Ordinal), "it is seen to be refused");
        (await k.PutManager()).Ok();
        await fixture.WaitFor(host, "active");

        var shown = await k.WaitForManager(seen => seen["reachable"] == "True", "it is reachable again");
        Assert.Equal("***", $"{shown.Json.GetProperty("options").GetProperty("token")}");
        var history = (await fixture.Server.Get($"/host/{host.Address}/history")).Body;
        Assert.All(new[] { first, renewed },
            token => Assert.DoesNotContain(token, fixture.Server.Output + shown.Body + history, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_kubeconfig_is_read_again_when_its_token_has_expired()
    {
        await using var k = await KubernetesFleet.StartApi(fixture);
        var path = Kubeconfig(k, k.Kubernetes.Token);
        (await Put(k, new() { ["kubeconfig"] = path })).Ok();
        var cluster = await fixture.AddCluster(new { container_manager = k.Manager });
        var host = await fixture.AddHost(LabOs.Atomic);
        k.Kubernetes.AddKubelet(host);
        Kubeconfig(k, k.Kubernetes.RenewToken());

        await fixture.Register(host, cluster);

        await fixture.WaitFor(host, "active");
    }

    private Task<Reply> Put(KubernetesFleet k, Dictionary<string, string> options, string suffix = "") =>
        fixture.Server.Put($"/containermanager/{k.Manager}{suffix}", new { type = "kubernetes", options });

    private string Kubeconfig(KubernetesFleet k, string token) => fixture.Server.WriteFile($"{k.Manager}.kubeconfig",
        $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: lab
          cluster: {server: "{{k.Kubernetes.Url}}", certificate-authority: {{k.Kubernetes.CaPath}}}
        users:
        - name: commissaire
          user: {token: {{token}}}
        contexts:
        - name: lab
          context: {cluster: lab, user: commissaire}
        current-context: lab
        """);

    /// <summary>A server that logs everything.</summary>
    public sealed class Debugged() : ServerFixture(["--debug"]);
}
