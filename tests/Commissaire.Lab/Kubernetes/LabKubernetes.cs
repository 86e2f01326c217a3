using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Lab.Kubernetes.Objects;
using Commissaire.Lab.Kubernetes.Server;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A disposable Kubernetes API that answers as kube-apiserver 1.34 does, without real nodes.</summary>
public sealed partial class LabKubernetes : IAsyncDisposable
{
    private readonly LabKubernetesOptions options;
    private readonly Reservation reservation;
    private readonly Authority authority = new();
    private X509Certificate2? certificate;
    private readonly Cluster cluster;
    private readonly Files files;
    private readonly SemaphoreSlim power = new(1);
    private ImmutableList<Kubelet> kubelets = [];
    private volatile Listener? listener;

    private LabKubernetes(LabKubernetesOptions options, Reservation reservation)
    {
        this.options = options;
        this.reservation = reservation;
        files = new Files(options.Directory);
        certificate = options.Tls
            ? authority.IssueServer(["kubernetes.default.svc", "localhost", $"{reservation.Endpoint.Address}"])
            : null;
        cluster = new Cluster(options, authority, () => Running);
    }

    /// <summary>Its URL, also while it does not listen.</summary>
    public string Url => $"{(options.Tls ? "https" : "http")}://{reservation.Endpoint}";

    /// <summary>The certificate of its authority.</summary>
    public string CaPem => authority.Pem;

    /// <summary>A file with <see cref="CaPem"/>.</summary>
    public string CaPath => files.Write("ca.crt", CaPem);

    /// <summary>The bearer token with all rights.</summary>
    public string Token => cluster.Access.Token;

    /// <summary>A valid token without rights.</summary>
    public string TokenWithoutRights => cluster.Access.TokenWithoutRights;

    /// <summary>Whether it listens.</summary>
    public bool Running => listener is not null;

    /// <summary>The requests it received, in the order of its answers.</summary>
    public ImmutableArray<LabRequest> Requests => cluster.Traffic.Requests;

    /// <summary>All pods, by namespace and name.</summary>
    public ImmutableArray<LabPod> Pods => [.. cluster.Store.All(Kind.Pod).Select(LabPod.Of)];

    /// <summary>The names of all nodes.</summary>
    public ImmutableArray<string> Nodes => [.. cluster.Store.All(Kind.Node).Select(Fields.Name)];

    /// <summary>The names of all secrets, as namespace/name.</summary>
    public ImmutableArray<string> Secrets =>
        [.. cluster.Store.All(Kind.Secret).Select(secret => $"{secret.Namespace()}/{secret.Name()}")];

    /// <summary>Starts an API without nodes.</summary>
    public static async Task<LabKubernetes> Start(LabKubernetesOptions? options = null, CancellationToken ct = default)
    {
        options ??= new LabKubernetesOptions();
        var kubernetes = new LabKubernetes(options, Reservation.Next(options.BaseAddress, options.Port));
        try
        {
            await kubernetes.Start(ct);
            return kubernetes;
        }
        catch
        {
            await kubernetes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, on the same port and with the same objects.</summary>
    public async Task Start(CancellationToken ct = default)
    {
        await power.WaitAsync(ct);
        try
        {
            cluster.Access.Unaware = options.UnawareRequests;
            listener ??= await Listener.Start(reservation.Endpoint, certificate, cluster.Handle, ct);
        }
        finally
        {
            power.Release();
        }
    }

    /// <summary>Stops it: connections end, the port refuses new ones, and its controllers pause.</summary>
    public async Task Stop(CancellationToken ct = default)
    {
        await power.WaitAsync(ct);
        try
        {
            var ended = listener;
            listener = null;
            await (ended?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        finally
        {
            power.Release();
        }
    }

    /// <summary>
    /// Replaces its certificate by one of the same authority for other names, from its next start on: it then is another server of the
    /// cluster.
    /// </summary>
    public void Reissue(params IReadOnlyList<string> names)
    {
        var replaced = certificate;
        certificate = authority.IssueServer(names);
        replaced?.Dispose();
    }

    /// <summary>Redirects matching requests to a URL, and answers none of them itself.</summary>
    public void Redirect(Func<LabRequest, bool> matches, string url) => cluster.Traffic.Redirect(matches, url);

    /// <summary>Makes the next matching requests fail with a status; 0 drops their connections.</summary>
    public void Fail(int count, Func<LabRequest, bool> matches, int status, int? retryAfter = null) =>
        cluster.Traffic.Fail(count, matches, status, retryAfter);

    /// <summary>Executes the next matching requests, and drops their connections before the answer.</summary>
    public void LoseAnswers(int count, Func<LabRequest, bool> matches) => cluster.Traffic.Lose(count, matches);

    /// <summary>Delays matching requests until the result is disposed.</summary>
    public IDisposable Delay(Func<LabRequest, bool> matches, TimeSpan time) => cluster.Traffic.Delay(matches, time);

    /// <summary>Holds matching requests until the result is disposed.</summary>
    public IDisposable Hold(Func<LabRequest, bool> matches) => cluster.Traffic.Hold(matches);

    /// <summary>
    /// Makes admission refuse to evict matching pods, until the result is disposed: a policy (usually 422, or 403), whose message begins
    /// with <c>ValidatingAdmissionPolicy 'NAME' with binding 'NAME' denied request: </c>, or a webhook (403, or 400), whose message begins
    /// with <c>admission webhook "NAME" denied the request: </c>.
    /// </summary>
    public IDisposable DenyEvictions(Func<LabPod, bool> matches, int status, string message) =>
        cluster.Traffic.Deny(new Traffic.Denial(matches, status, message));

    /// <summary>Replaces <see cref="Token"/>. The old token becomes invalid.</summary>
    public string RenewToken() => cluster.Access.Token = Access.NewToken();

    /// <summary>Issues a client certificate for a user with all rights or none.</summary>
    public ClientCertificate IssueClientCertificate(string user, bool withRights = true)
    {
        var (pem, key) = authority.IssueClient(user, withRights ? Access.Administrators : "nobodies");
        return new ClientCertificate(files.Write($"{user}.crt", pem), files.Write($"{user}.key", key));
    }

    /// <summary>Writes a file that only its owner can read, and returns its path. The file is removed with the cluster.</summary>
    public string WriteFile(string name, string text) => files.Write(name, text);

    /// <summary>Discards its history, as compaction does: watches and lists from earlier revisions get 410.</summary>
    public void ForgetHistory() => cluster.Store.Forget();

    /// <summary>Stops it and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(kubelets.Select(kubelet => kubelet.DisposeAsync().AsTask()));
        await Stop();
        await cluster.DisposeAsync();
        certificate?.Dispose();
        authority.Dispose();
        files.Dispose();
        power.Dispose();
        reservation.Dispose();
    }
}
