using System.Net.Sockets;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>Connections to the etcd and the Custodia of 2017.</summary>
[Collection(OneServer.Name)]
public sealed class ReadingEtcdTests(SharedServer shared) : IAsyncLifetime
{
    private readonly RunningServer _server = shared.Server;
    private readonly ImportRun _import = new(shared.Server.Http.BaseAddress!);
    private InstallationOf2017 _old = null!;

    private string[] FromEtcd => ["--from", $"etcd={_old.Url}", "--secrets", $"custodia={_old.Socket}"];

    public async Task InitializeAsync() => _old = await InstallationOf2017.Start();

    public async Task DisposeAsync() => await _old.DisposeAsync();

    [Fact]
    public async Task Etcd_with_tls_needs_its_authority_and_a_client_certificate()
    {
        using var tls = new LoopbackCertificate(_import);
        await using var old = await InstallationOf2017.Start(tls.Certificate);
        var name = shared.Name("n");
        old.Etcd[$"networks/{name}"] = $$"""{"name": "{{name}}"}""";
        var (pem, keyFile) = (tls.CertificateFile, tls.KeyFile);
        string[] from = ["--from", $"etcd={old.Url}"];

        await _import.Refuses("etcd at https://127.0.0.1", from);
        await _import.Refuses("etcd at https://127.0.0.1", [.. from, "--etcd-ca", pem]);
        await _import.Refuses("--etcd-cert and --etcd-key: set both, or none.", [.. from, "--etcd-ca", pem, "--etcd-cert", pem]);
        await _import.Refuses("--etcd-ca: cannot read", [.. from, "--etcd-ca", pem + "x"]);
        Assert.Empty(old.Requests);
        Assert.Equal(0, (await _import.Run([.. from, "--etcd-ca", pem, "--etcd-cert", pem, "--etcd-key", keyFile, "--dry-run"])).Code);

        // The variables that the services of 2017 read.
        (_import.Variables["ETCD_CACERT"], _import.Variables["ETCD_TLSPEM"], _import.Variables["ETCD_TLSKEY"]) = (pem, pem, keyFile);
        Assert.Equal(0, (await _import.Run(from)).Code);
        await _server.Expect($"GET /network/{name}", null, 200);
    }

    [Fact]
    public async Task Passwords_of_etcd_come_from_the_environment()
    {
        var name = shared.Name("n");
        (_old.Credentials, _old.Etcd[$"networks/{name}"]) = ("root:p:q", $$"""{"name": "{{name}}"}""");
        await _import.Refuses("the credentials were rejected. Set ETCD_USERNAME and ETCD_PASSWORD.", FromEtcd);
        await _import.Refuses("contains credentials", "--from", "etcd=http://root:SECRET@127.0.0.1:9");
        (_import.Variables["ETCD_USERNAME"], _import.Variables["ETCD_PASSWORD"]) = ("root", "p:q");
        Assert.Equal(0, (await _import.Run(FromEtcd)).Code);
    }

    [Fact]
    public async Task A_source_that_is_none_is_an_error()
    {
        await _import.Refuses("etcd answered with an error: Key not found (/commissaire).", FromEtcd);
        _old.AddHost("10.0.0.1", Keys.One);
        await _import.Refuses("etcd at http://127.0.0.1:9: Connection refused", "--from", "etcd=http://127.0.0.1:9");
        await _import.Refuses("answered 403 to GET /v2/keys/commissaire/.", "--from", $"etcd={_server.Http.BaseAddress}");
        _old.ServesV2 = false;
        await _import.Refuses("does not serve the v2 API. Start it with --enable-v2", FromEtcd);
        _old.ServesV2 = true;
        await _import.Refuses("cannot read '/nowhere'", "--from", "etcd=/nowhere");
        await _import.Refuses("cannot read '/nowhere'", "--from", $"etcd={_old.Url}", "--secrets", "custodia=/nowhere");
        var gone = Path.Combine(_import.Home, "gone.sock");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, 0))
        {
            socket.Bind(new UnixDomainSocketEndPoint(gone));
            await _import.Refuses("does not answer: Connection refused", "--from", $"etcd={_old.Url}", "--secrets", $"custodia={gone}");
        }

        await _import.Refuses("--from: expected etcd=URL", "--from", "consul=x");
        await _import.Refuses("--from: expected etcd=URL", "--from", "etcd=");
        await _import.Refuses("--from: 'ftp://x' is not a URL", "--from", "etcd=ftp://x");
        await _import.Refuses("--secrets: expected custodia=SOCKET", "--from", $"etcd={_old.Url}", "--secrets", "vault=x");
        await _import.Refuses("--cluster: has no meaning with --from etcd.", "--from", $"etcd={_old.Url}", "--cluster", "x");
    }
}
