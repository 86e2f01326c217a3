using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Tokens;
using Commissaire.Http;

namespace Commissaire.Tokens;

/// <summary>Enrolment tokens over REST.</summary>
internal static class TokenEndpoints
{
    private const int MostUses = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Enrolment tokens");
        group.MapMethods("/tokens", Verbs.Get, async (TokenDirectory tokens, CancellationToken ct) => Answers.JsonList(await tokens.All(ct))).Produces<IReadOnlyList<TokenResource>>();
        group.MapPost("/tokens", Create).Accepts<CreateTokenRequest>("application/json").Produces<CreatedTokenResource>(201).Refuses(400).Refuses(409);
        group.MapMethods("/token/{id}", Verbs.Get, Describe).Produces<TokenResource>().Refuses(404);
        group.MapDelete("/token/{id}", Revoke).Produces<IReadOnlyList<string>>().Refuses(404);
        group.MapMethods("/token/{id}/history", Verbs.Get, History).Produces<IReadOnlyList<HistoryEntry>>().Refuses(400).Refuses(404);
    }

    private static async Task<IResult> Create(HttpContext context, IRequiredActor<TokenActor> tokens, IRequiredActor<ClusterActor> clusters, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var body = await Body.Read(context.Request, ContractsJson.Default.CreateTokenRequest);
        if (!ResourceName.TryParse(body.Cluster, out var cluster))
        {
            throw Body.Bad($"cluster: {(body.Cluster is null ? "is missing" : $"'{body.Cluster}' is not a name")}; expected the cluster that hosts register into ({ResourceName.Expectation}).");
        }

        var lifetime = body.Ttl switch
        {
            null => Usual,
            { } seconds when seconds >= 1 && seconds <= Longest.TotalSeconds => TimeSpan.FromSeconds(seconds),
            { } seconds => throw Body.Bad($"ttl: {seconds} is not a lifetime; expected 1 to {Longest.TotalSeconds:0} seconds."),
        };
        var uses = body.Uses switch
        {
            null => 1,
            >= 1 and <= MostUses => body.Uses.Value,
            _ => throw Body.Bad($"uses: {body.Uses} is not how many hosts a token registers; expected 1 to {MostUses}."),
        };
        if (await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Describe(cluster), ct) is not ClusterReply.Described)
        {
            return Answers.Problem(409, $"cluster: there is no cluster '{cluster}'; create it first.");
        }

        var (text, kept) = EnrolmentCredential.Create();
        var reply = await tokens.ActorRef.AskAsync<TokenReply>(
            new TokenCommand.Create(kept.Token, kept.Digest, cluster, uses, clock.GetUtcNow() + lifetime, context.User()), ct);
        return reply is TokenReply.Described(var t)
            ? Answers.Json(
                new CreatedTokenResource(t.Token.Value, text, t.Cluster.Value, Timestamps.Of(t.ExpiresAt), t.Uses, t.UsesLeft), ContractsJson.Default.CreatedTokenResource, 201)
            : Answers.Problem(503, "The token could not be made; try again.");
    }

    private static async Task<IResult> Describe(string id, IRequiredActor<TokenActor> tokens, CancellationToken ct) =>
        ResourceName.TryParse(id, out var token) && await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Describe(token), ct) is TokenReply.Described(var found)
            ? Answers.Json(TokenDirectory.Resource(found), ContractsJson.Default.TokenResource)
            : Unknown(id);

    private static async Task<IResult> Revoke(string id, HttpContext context, IRequiredActor<TokenActor> tokens) =>
        ResourceName.TryParse(id, out var token)
        && await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Revoke(token, context.User()), context.RequestAborted) is TokenReply.Described
            ? Answers.Gone
            : Unknown(id);

    private static async Task<IResult> History(string id, Histories histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        ResourceName.TryParse(id, out var token)
            ? await histories.Read<TokenEvent>($"token-{token}", after, limit, TokenHistory.Describe, e => e.At, ct) ?? Unknown(id)
            : Unknown(id);

    private static IResult Unknown(string id) => Answers.Problem(404, $"There is no enrolment token '{id}'.");
}
