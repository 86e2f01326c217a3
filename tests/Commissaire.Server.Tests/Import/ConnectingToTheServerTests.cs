using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>How an import finds its server, and what it does when it loses it.</summary>
public sealed class ConnectingToTheServerTests : ImportSpec
{
    [Fact]
    public async Task Mistakes_on_the_command_line_and_in_the_configuration_change_nothing()
    {
        var file = Import.Write("hosts", "[web]\n10.0.0.1");
        string[] from = ["--from", $"inventory={file}"];
        await Import.Refuses("--cluster: wob: is not a group of the inventory. Did you mean web?", [.. from, "--cluster", "wob=x"]);
        await Import.Refuses("--cluster: 'a b' is not a name for a cluster", [.. from, "--cluster", "web=a b"]);
        await Import.Refuses("--cluster: group 'web' is there twice.", [.. from, "--cluster", "web", "--cluster", "web=x"]);
        await Import.Refuses("--secrets: has no meaning with --from inventory.", [.. from, "--secrets", "custodia=/x"]);
        await Import.Refuses("--ssh-key: cannot read '/nowhere'", [.. from, "--ssh-key", "/nowhere"]);
        await Import.Refuses("--config: cannot read '/nowhere'", [.. from, "--config", "/nowhere"]);
        await Import.Refuses("--username", [.. from, "--config", Import.Write("c1", """{"endpoint": "http://127.0.0.1:9"}""")]);
        await Import.Refuses("--server: is missing.", [.. from, "--config", Import.Write("c2", """{"username": "a"}""")]);
        await Import.Refuses("is not JSON: line 1.", [.. from, "--config", Import.Write("c3", "endpoint: x")]);
        await Import.Refuses("password: expected text.", [.. from, "--config", Import.Write("c4", """{"password": 5}""")]);
        await Import.Refuses("'127.0.0.1:8000' is not a URL", [.. from, "--server", "127.0.0.1:8000"]);
        await Import.Refuses("contains credentials", [.. from, "--server", "http://a:SECRET@127.0.0.1:9"]);
        await Import.Refuses("--password-file: is missing.", [.. from, "--username", "b"]);
        await Import.Refuses(
            "has a kubeconfig", [.. from, "--config", Import.Write("c5", """{"endpoint": "http://x", "kubeconfig": "k"}""")]);
        await Import.Refuses(
            "no server answers. Tried http://127.0.0.1:9 (Connection refused)", [.. from, "--server", "http://127.0.0.1:9"]);
        await Import.Refuses("rejected the credentials", [.. from, "--password-file", Import.Write("p", "wrong\n")]);
        Import.Configure(new JsonObject { ["endpoint"] = Server.Http.BaseAddress!.ToString(), ["username"] = "a" });
        await Import.Refuses("--password-file: is missing.", from);
        Assert.Equal(3, (await Import.Run([.. from, "--password-file", Import.Write("p", "a\n")])).Code);
        await Server.Expect("GET /hosts", null, 200, "[]");
    }

    [Fact]
    public async Task A_server_with_tls_is_verified_and_may_want_a_client_certificate()
    {
        using var tls = new LoopbackCertificate(Import);
        await using var proxy = await ReverseProxy.Start(Server, tls.Certificate);
        Import.Configure(new JsonObject { ["endpoint"] = proxy.Url.ToString() });
        var file = Import.Write("hosts", "10.0.0.1");
        string[] from = ["--from", $"inventory={file}", "--ssh-key", Path.Combine(Import.Home, "site.key")];
        await Import.Refuses("--username: is missing.", from);
        await Import.Refuses("no server answers. Tried https://127.0.0.1", [.. from, "--client-pemfile", tls.BothFile]);
        await Import.Refuses(
            "--client-pemfile: ", [.. from, "--ca", tls.CertificateFile, "--client-pemfile", tls.CertificateFile]);
        await Import.Refuses("must contain the certificates of authorities", [.. from, "--client-pemfile", tls.BothFile, "--ca", file]);
        await Import.Expect(
            0, "Taken over:\n  host               10.0.0.1\n1 taken over, 0 already there, 0 not taken over.",
            [.. from, "--ca", tls.CertificateFile, "--client-pemfile", tls.BothFile]);
    }

    [Fact]
    public async Task An_import_that_loses_its_server_reports_what_it_did()
    {
        await using var proxy = await ReverseProxy.Start(Server, breaksAfter: 2);
        var import = new ImportRun(proxy.Url);
        var file = import.Write("hosts", "10.0.0.[1:5]");
        var (code, output, error) = await import.Run(
            "--from", $"inventory={file}", "--ssh-key", Path.Combine(Import.Home, "site.key"));
        Assert.Equal(2, code);
        Assert.Contains("2 taken over, 0 already there, 0 not taken over.", output, StringComparison.Ordinal);
        Assert.Contains("The import is incomplete: repeat it.", error, StringComparison.Ordinal);

        (code, output, _) = await Import.Run(
            "--from", $"inventory={file}", "--ssh-key", Path.Combine(Import.Home, "site.key"));
        Assert.Equal(0, code);
        Assert.Contains("3 taken over, 2 already there, 0 not taken over.", output, StringComparison.Ordinal);
    }
}
