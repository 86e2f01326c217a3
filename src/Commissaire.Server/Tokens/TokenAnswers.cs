using Commissaire.Contracts;
using Commissaire.Contracts.Tokens;

namespace Commissaire.Tokens;

/// <summary>Turns the replies of enrolment tokens into HTTP.</summary>
internal static class TokenAnswers
{
    public static IResult Of(string id, TokenReply reply) => reply is TokenReply.Described(var token)
        ? Answers.Json(Resource(token), ContractsJson.Default.TokenResource)
        : Unknown(id);

    /// <summary>The answer for the creation of a token: the only one that contains its text.</summary>
    public static IResult Created(string text, TokenReply reply) => reply is TokenReply.Described(var t)
        ? Answers.Json(
            new CreatedTokenResource(t.Token.Value, text, t.Cluster.Value, Timestamp.Format(t.ExpiresAt), t.Uses, t.UsesLeft),
            ContractsJson.Default.CreatedTokenResource,
            201)
        : Answers.Problem(503, "The token could not be created. Retry.");

    /// <summary>The answer to a host whose token does not register it.</summary>
    public static IResult NotGranted(TokenReply reply) => Answers.Problem(
        403,
        reply is TokenReply.Refused(var reason)
            ? $"{char.ToUpperInvariant(reason[0])}{reason[1..]}."
            : "The enrolment token is unknown. Create another one with POST /api/v0/tokens.");

    public static IResult Unknown(string id) => Answers.Problem(404, $"There is no enrolment token '{id}'.");

    /// <summary>A token as HTTP shows it, without its secret.</summary>
    public static TokenResource Resource(TokenView t) => new(
        t.Token.Value, t.Cluster.Value, Timestamp.Format(t.ExpiresAt), t.Uses, t.UsesLeft, t.CreatedBy, Timestamp.Format(t.CreatedAt),
        t.Revoked);
}
