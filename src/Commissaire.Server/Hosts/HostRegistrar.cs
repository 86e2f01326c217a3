using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Tokens;

namespace Commissaire.Hosts;

/// <summary>Registers a host: uses the enrolment token, stores the private key, and adds the host to its cluster.</summary>
internal sealed class HostRegistrar(
    IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, IRequiredActor<TokenActor> tokens, SecretStore secrets,
    EntityDirectory directory, HostPlanner planner)
{
    private const int MaxUsableKeys = 10_000;

    // The hosts of a fleet share a few keys: parse each of them once.
    private readonly ConcurrentDictionary<string, bool> _usableKeys = new(StringComparer.Ordinal);

    /// <summary>Answers <c>PUT /host</c> and <c>PUT /host/{address}</c>, with the address in <paramref name="path"/>.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public async Task<IResult> Register(HttpContext context, string? path, string? dryRun)
    {
        var isDryRun = Choice.Flag("dry_run", dryRun);
        var ct = context.RequestAborted;
        var body = await JsonBody.Read(
            context.Request, ContractsJson.Default.RegisterHostRequest, ContractsJson.Default.HostResource);
        var request = HostRequests.Registration(
            path, body, HttpPipeline.HadTrailingSlash(context) ? null : context.Connection.RemoteIpAddress);
        var digests = secrets.Digests(request.PrivateKey);
        var keyProblem = KeyProblem(request.PrivateKey, digests[0]);
        if (EnrolmentHandler.TokenOf(context.User) is { } token)
        {
            if (isDryRun)
            {
                return HostAnswers.NotWithToken;
            }

            // A request that must fail does not use up the token. Only the host itself rejects another key, and only after the use:
            // otherwise a token holder could probe for hosts.
            if (await RefusalBeforeUse(token, request, keyProblem, ct) is { } refusal)
            {
                return refusal;
            }

            var use = await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Use(token, request.Host, request.Cluster), ct);
            if (use is not TokenReply.Granted granted)
            {
                return TokenAnswers.NotGranted(use);
            }

            request = request with { Cluster = granted.Cluster };
        }
        else if (request.Cluster is { } cluster && !await Exists(cluster, ct))
        {
            return ClusterAnswers.Missing(cluster.Value);
        }

        return isDryRun ? await Plan(request, digests, keyProblem, ct) : await Register(request, digests, keyProblem, ct);
    }

    private async Task<IResult> Plan(
        RegistrationRequest request, ImmutableArray<string> digests, string? keyProblem, CancellationToken ct)
    {
        var host = request.Host;
        return await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct) is HostReply.Described
            ? HostAnswers.AlreadyRegistered(host)
            : keyProblem is not null
                ? HostAnswers.Of(host, new HostReply.Refused(HostRefusal.UnusableKey, keyProblem))
            : HostPlanAnswers.Of(await planner.Plan(
                Command(request, new OfferedCredential(null, digests, null)), Convert.FromBase64String(request.PrivateKey), ct));
    }

    /// <summary>Answers <c>PUT /host/{address}/credentials</c>.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public async Task<IResult> ChangeCredentials(HttpContext context, string address)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var body = await JsonBody.Read(context.Request, ContractsJson.Default.ChangeCredentialsRequest);
        var (port, user) = HostRequests.Credentials(body);
        OfferedCredential? credential = null;
        if (body.SshPrivKey is { } key)
        {
            var digests = secrets.Digests(key);
            var problem = KeyProblem(key, digests[0]);
            credential = new OfferedCredential(
                problem is null ? secrets.Encrypt(HostActor.KeyOwner(host), Convert.FromBase64String(key)) : null, digests, problem);
        }

        var change = new HostCommand.ChangeCredentials(host, port, user, credential, context.User.Name());
        return HostAnswers.Of(
            host, await hosts.ActorRef.AskAsync<HostReply>(change, context.RequestAborted, 2 * HostActor.LoginDeadline), 201);
    }

    /// <summary>Answers <c>POST /host/{address}/rotate-key</c>.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public async Task<IResult> RotateKey(HttpContext context, string address)
    {
        var body = await JsonBody.Read(context.Request, ContractsJson.Default.RotateKeyRequest);
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var file = body.SshPrivKey ?? NewKey();
        var digests = secrets.Digests(file);
        if (KeyProblem(file, digests[0]) is { } problem)
        {
            return HostAnswers.Of(host, new HostReply.Refused(HostRefusal.UnusableKey, problem));
        }

        var bytes = Convert.FromBase64String(file);
        using var key = PrivateKeyReader.Read(bytes).Key!;
        var credential = new OfferedCredential(secrets.Encrypt(HostActor.KeyOwner(host), bytes), digests, null);
        var rotate = new HostCommand.RotateKey(host, credential, key.AuthorizedKey, context.User.Name());
        return HostAnswers.Of(
            host, await hosts.ActorRef.AskAsync<HostReply>(rotate, context.RequestAborted, 3 * HostActor.LoginDeadline));
    }

    // ssh-keygen's default since OpenSSH 9.5 is Ed25519, which .NET does not make; every sshd accepts P-256.
    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }

    private async Task<IResult> Register(
        RegistrationRequest request, ImmutableArray<string> digests, string? keyProblem, CancellationToken ct)
    {
        var (host, cluster) = (request.Host, request.Cluster);
        var secret = keyProblem is null ? secrets.Encrypt(HostActor.KeyOwner(host), Convert.FromBase64String(request.PrivateKey)) : null;
        var credential = new OfferedCredential(secret, digests, keyProblem);
        var reply = await hosts.ActorRef.AskAsync<HostReply>(Command(request, credential), ct);
        return cluster is { } joined && reply is HostReply.Registered
            && await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.AddMember(joined, host), ct) is ClusterReply.Refused
                ? ClusterAnswers.Missing(joined.Value)
                : HostAnswers.Of(host, reply, 201);
    }

    private static HostCommand.Register Command(RegistrationRequest request, OfferedCredential credential) => new(
        request.Host, request.Port ?? 22, request.User ?? "root", credential, request.HostKey, request.Cluster, request.Source)
    {
        IsDefaultPort = request.Port is null,
        IsDefaultUser = request.User is null,
        Bootstrap = request.Bootstrap,
        Trace = Tracing.Current,
    };

    // Null also if the token itself is invalid: its entity gives the reason when the host uses it.
    private async Task<IResult?> RefusalBeforeUse(ResourceName token, RegistrationRequest request, string? keyProblem, CancellationToken ct)
    {
        if (await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Describe(token), ct) is not TokenReply.Described(var view)
            || (request.Cluster is { } requested && requested != view.Cluster))
        {
            return null;
        }

        return !await Exists(view.Cluster, ct) ? ClusterAnswers.Missing(view.Cluster.Value)
            : keyProblem is not null ? HostAnswers.Of(request.Host, new HostReply.Refused(HostRefusal.UnusableKey, keyProblem))
            : null;
    }

    private Task<bool> Exists(ResourceName cluster, CancellationToken ct) => directory.Exists(EntityDirectory.Cluster, cluster.Value, ct);

    private string? KeyProblem(string key, string digest)
    {
        if (_usableKeys.ContainsKey(digest))
        {
            return null;
        }

        var problem = PrivateKeyReader.Validate(key);
        if (problem is null && _usableKeys.Count < MaxUsableKeys)
        {
            _usableKeys[digest] = true;
        }

        return problem;
    }
}
