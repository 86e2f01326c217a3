using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Lab.Kubernetes.Objects;
using Commissaire.Lab.Kubernetes.Server;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A throw-away Kubernetes API: it answers as a kube-apiserver 1.34 does, has nothing behind it, and is gone once disposed.</summary>
public sealed partial class LabKubernetes : IAsyncDisposable
{
    private readonly LabKubernetesOptions options;
    private readonly Reservation reservation;
    private readonly Authority authority = new();
    private readonly X509Certificate2? certificate;
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
        certificate = options.Tls ? authority.IssueServer(reservation.Endpoint.Address) : null;
        cluster = new Cluster(options, authority, () => Running);
    }

    /// <summary>Where it listens, or would.</summary>
    public string Url => $"{(options.Tls ? "https" : "http")}://{reservation.Endpoint}";

    /// <summary>The certificate of the authority that vouches for it.</summary>
    public string CaPem => authority.Pem;

    /// <summary>A file with <see cref="CaPem"/>.</summary>
    public string CaPath => files.Write("ca.crt", CaPem);

    /// <summary>The bearer token that may do everything.</summary>
    public string Token => cluster.Access.Token;

    /// <summary>One that is valid, and may do nothing.</summary>
    public string TokenWithoutRights => cluster.Access.TokenWithoutRights;

    /// <summary>Whether it listens.</summary>
    public bool Running => listener is not null;

    /// <summary>What it was asked, in the order of the answers.</summary>
    public ImmutableArray<LabRequest> Requests => cluster.Traffic.Requests;

    /// <summary>All pods, by namespace and name.</summary>
    public ImmutableArray<LabPod> Pods => [.. cluster.Store.All(Kind.Pod).Select(LabPod.Of)];

    /// <summary>The names of all nodes.</summary>
    public ImmutableArray<string> Nodes => [.. cluster.Store.All(Kind.Node).Select(Fields.Name)];

    /// <summary>The names of all secrets, after their namespaces and a slash.</summary>
    public ImmutableArray<string> Secrets =>
        [.. cluster.Store.All(Kind.Secret).Select(secret => $"{secret.Namespace()}/{secret.Name()}")];

    /// <summary>Starts one without nodes.</summary>
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

    /// <summary>Lets it listen again, on the same port, with all it knew.</summary>
    public async Task Start(CancellationToken ct = default)
    {
        await power.WaitAsync(ct);
        try
        {
            listener ??= await Listener.Start(reservation.Endpoint, certificate, cluster.Handle, ct);
        }
        finally
        {
            power.Release();
        }
    }

    /// <summary>Takes it away: connections are cut, the port refuses, its controllers rest.</summary>
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

    /// <summary>Lets the next requests that match fail with that status; 0 drops their connections.</summary>
    public void Fail(int count, Func<LabRequest, bool> matches, int status, int? retryAfter = null) =>
        cluster.Traffic.Fail(count, matches, status, retryAfter);

    /// <summary>Does what the next requests that match want, and drops their connections before it has said so.</summary>
    public void LoseAnswers(int count, Func<LabRequest, bool> matches) => cluster.Traffic.Lose(count, matches);

    /// <summary>Lets requests that match wait, until it is disposed.</summary>
    public IDisposable Delay(Func<LabRequest, bool> matches, TimeSpan time) => cluster.Traffic.Delay(matches, time);

    /// <summary>Holds requests that match until the result is disposed.</summary>
    public IDisposable Hold(Func<LabRequest, bool> matches) => cluster.Traffic.Hold(matches);

    /// <summary>Replaces <see cref="Token"/>: the old one is wrong from now on.</summary>
    public string RenewToken() => cluster.Access.Token = Access.NewToken();

    /// <summary>A client certificate of its authority, for a user who may do everything or nothing.</summary>
    public ClientCertificate IssueClientCertificate(string user, bool withRights = true)
    {
        var (pem, key) = authority.IssueClient(user, withRights ? Access.Administrators : "nobodies");
        return new ClientCertificate(files.Write($"{user}.crt", pem), files.Write($"{user}.key", key));
    }

    /// <summary>Forgets what happened so far: watches and lists that begin there are told that it is too long ago.</summary>
    public void ForgetHistory() => cluster.Store.Forget();

    /// <summary>Ends it and everything that was its own.</summary>
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
