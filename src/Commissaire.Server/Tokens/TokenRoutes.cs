using System.Security.Claims;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Tokens;
using Commissaire.Security;

namespace Commissaire.Tokens;

internal static class TokenRoutes
{
    private const string Missing = "The token does not exist.";

    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("").WithTags("Enrolment tokens");
        tokens.MapGetAndHead("/tokens", List)
            .Named("listTokens", "List all enrolment tokens, without their secrets").Produces<IReadOnlyList<TokenResource>>();
        tokens.MapPost("/tokens", Create)
            .Named("createToken", "Create an enrolment token").AcceptsJson<CreateTokenRequest>().Produces<CreatedTokenResource>(201)
            .Fails(409, "The cluster does not exist.");
        tokens.MapGetAndHead("/token/{id}", Describe)
            .Named("getToken", "Get an enrolment token, without its secret").Produces<TokenResource>().Fails(404, Missing);
        tokens.MapDelete("/token/{id}", Revoke)
            .Named("revokeToken", "Revoke an enrolment token").Produces<IReadOnlyList<string>>().Fails(404, Missing);
        tokens.MapGetAndHead("/token/{id}/history", ReadHistory)
            .Named("getTokenHistory", "Read the history of an enrolment token").Produces<IReadOnlyList<HistoryEntry>>()
            .Fails(404, Missing);
    }

    private static async Task<IResult> List(TokenDirectory tokens, CancellationToken ct) => Answers.JsonList(await tokens.All(ct));

    private static async Task<IResult> Create(
        HttpContext context, IRequiredActor<TokenActor> tokens, IRequiredActor<ClusterActor> clusters, TimeProvider clock,
        CancellationToken ct)
    {
        var body = await JsonBody.Read(context.Request, ContractsJson.Default.CreateTokenRequest);
        var (cluster, lifetime, uses) = TokenRequests.Creation(body);
        if (await clusters.Find(cluster, ct) is null)
        {
            return ClusterAnswers.Missing(cluster.Value);
        }

        var (text, stored) = EnrolmentCredential.Create();
        var create = new TokenCommand.Create(stored.Token, stored.Digest, cluster, uses, clock.GetUtcNow() + lifetime, context.User.Name());
        return TokenAnswers.Created(text, await tokens.ActorRef.AskAsync<TokenReply>(create, ct));
    }

    private static async Task<IResult> Describe(string id, IRequiredActor<TokenActor> tokens, CancellationToken ct) =>
        ResourceName.TryParse(id, out var token)
            ? TokenAnswers.Of(id, await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Describe(token), ct))
            : TokenAnswers.Unknown(id);

    private static async Task<IResult> Revoke(string id, ClaimsPrincipal user, IRequiredActor<TokenActor> tokens, CancellationToken ct) =>
        ResourceName.TryParse(id, out var token)
        && await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Revoke(token, user.Name()), ct) is TokenReply.Described
            ? Answers.Deleted
            : TokenAnswers.Unknown(id);

    private static async Task<IResult> ReadHistory(
        string id, HistoryReader histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        ResourceName.TryParse(id, out var token)
            ? await histories.Read<TokenEvent>($"token-{token}", after, limit, TokenHistory.Describe, e => (e.At, e.Caller), ct)
                ?? TokenAnswers.Unknown(id)
            : TokenAnswers.Unknown(id);
}
