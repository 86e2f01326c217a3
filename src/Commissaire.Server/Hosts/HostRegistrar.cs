using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Contracts.Hosts;
using Commissaire.Http;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Telemetry;
using Commissaire.Tokens;

namespace Commissaire.Hosts;

/// <summary>
/// Registration of a host over REST: reads what was sent, puts the private key into the secret store, and has the host and its cluster
/// agree.
/// </summary>
internal sealed partial class HostRegistrar(
    IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, IRequiredActor<TokenActor> tokens, SecretStore secrets, ForwardedFor forwarded)
{
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, bool> _usable = new(StringComparer.Ordinal);

    /// <summary>Answers <c>PUT /host/{address}</c> and <c>PUT /host</c>.</summary>
    /// <exception cref="BadHttpRequestException">The request is not what was expected.</exception>
    public async Task<IResult> Register(HttpContext context, string? path)
    {
        var ct = context.RequestAborted;
        var body = await Body.Read(context.Request, ContractsJson.Default.RegisterHostRequest);
        var (host, cluster) = (Address(context, path, body), Named(body.Cluster));
        var (port, user, hostKey, source) = (Port(body.Port), User(body.RemoteUser), Key(body.HostKey), Source(body.Source));
        var key = body.SshPrivKey ?? "";
        var digests = secrets.Digests(key);
        var problem = Problem(key, digests[0]);
        if (EnrolmentAuthenticator.TokenOf(context) is { } token)
        {
            // What cannot be registered costs the token no use. What only the host knows, such as that it is registered with another key,
            // is found out after the use: whoever merely holds a token is not told about hosts for nothing.
            if (await Hindrance(token, host, cluster, problem, ct) is { } hindrance)
            {
                return hindrance;
            }

            switch (await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Use(token, host, cluster), ct))
            {
                case TokenReply.Granted granted:
                    cluster = granted.Cluster;
                    break;
                case TokenReply.Refused(var reason):
                    return Answers.Problem(StatusCodes.Status403Forbidden, $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.");
                default:
                    return Answers.Problem(StatusCodes.Status403Forbidden, "The enrolment token is not known.");
            }
        }
        else if (cluster is { } named && !await IsThere(named, ct))
        {
            return UnknownCluster(named.Value);
        }

        var secret = problem is null ? await secrets.Add($"host/{host}", Convert.FromBase64String(key)) : null;
        var reply = await hosts.ActorRef.AskAsync<HostReply>(
            new HostCommand.Register(host, port, user, new OfferedCredential(secret, digests, problem), hostKey, cluster, source) { Trace = Tracing.Current }, ct);
        if (secret is not null && reply is not HostReply.Registered)
        {
            await secrets.Remove(secret);
        }

        if (reply is HostReply.Registered && cluster is { } joined
            && await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.AddMember(joined, host), ct) is ClusterReply.Refused)
        {
            return UnknownCluster(joined.Value);
        }

        return HostEndpoints.Answer(host, reply, StatusCodes.Status201Created);
    }

    // What keeps a host from being registered, as far as it shows without writing anything. What the token itself objects to, it says when
    // it is used.
    private async Task<IResult?> Hindrance(ResourceName token, HostAddress host, ResourceName? cluster, string? problem, CancellationToken ct)
    {
        if (await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Describe(token), ct) is not TokenReply.Described(var view)
            || (cluster is { } asked && asked != view.Cluster))
        {
            return null;
        }

        return !await IsThere(view.Cluster, ct) ? UnknownCluster(view.Cluster.Value)
            : problem is not null ? HostEndpoints.Answer(host, new HostReply.Refused(HostRefusal.UnusableKey, problem))
            : null;
    }

    private async Task<bool> IsThere(ResourceName cluster, CancellationToken ct) =>
        await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Describe(cluster), ct) is ClusterReply.Described;

    // A fleet shares a few keys: one that was usable before is not taken apart again.
    private string? Problem(string key, string digest)
    {
        if (_usable.ContainsKey(digest))
        {
            return null;
        }

        var problem = PrivateKeys.Validate(key);
        if (problem is null && _usable.Count < MostRemembered)
        {
            _usable[digest] = true;
        }

        return problem;
    }

    private HostAddress Address(HttpContext context, string? path, RegisterHostRequest body)
    {
        var named = new[] { ("address", body.Address), ("host", body.Host) }.Where(n => n.Item2 is not null).ToList();
        var text = path ?? named.FirstOrDefault().Item2;
        if (text is null)
        {
            return forwarded.Peer(context) is { } peer ? HostAddress.Of(peer) : throw Body.Bad("address: is missing, and the sender's own is not known.");
        }

        if (!HostAddress.TryParse(text, out var host))
        {
            throw Body.Bad($"{(path is null ? named[0].Item1 : "The address in the path")}: '{text}' is not {HostAddress.Expectation}.");
        }

        foreach (var (field, value) in named)
        {
            if (!HostAddress.TryParse(value, out var same) || same != host)
            {
                throw Body.Bad($"{field}: says '{value}', but the request is for '{host}'.");
            }
        }

        return host;
    }

    private static ResourceName? Named(string? cluster) => cluster switch
    {
        null => null,
        _ when ResourceName.TryParse(cluster, out var name) => name,
        _ => throw Body.Bad($"cluster: '{cluster}' is not a name; expected {ResourceName.Expectation}."),
    };

    private static int Port(int? port) => port switch
    {
        null => 22,
        >= 1 and <= 65535 => port.Value,
        _ => throw Body.Bad($"port: {port} is not a port; expected 1 to 65535."),
    };

    private static string User(string? user) => user switch
    {
        null => "root",
        _ when UserName().IsMatch(user) => user,
        _ => throw Body.Bad("remote_user: expected a user name of letters, digits, '.', '_' and '-', at most 32 characters, not beginning with '-'."),
    };

    private static HostKey? Key(string? key) => key switch
    {
        null => null,
        _ when HostKey.TryParse(key, out var parsed) => parsed,
        _ => throw Body.Bad($"host_key: expected {HostKey.Expectation}."),
    };

    private static string Source(string? source) =>
        source is { Length: > 253 } ? throw Body.Bad("source: expected at most 253 characters.") : source ?? "";

    private static IResult UnknownCluster(string cluster) => Answers.Problem(StatusCodes.Status409Conflict, $"cluster: there is no cluster '{cluster}'; create it first.");

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex UserName();
}
