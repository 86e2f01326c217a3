using Commissaire.Contracts.Tokens;
using Commissaire.Hosts;
using Commissaire.Output;

namespace Commissaire.Tokens;

/// <summary><c>commctl token</c>.</summary>
internal static class TokenCommands
{
    private static readonly Columns Columns = new("id", "cluster", "expires_at", "uses_left", "uses", "revoked", "created_by", "created_at")
    {
        Optional = ["created_at", "created_by", "uses"],
    };

    public static Command Build(CommandFactory factory) => new(
        "token", "Manage enrolment tokens. A token can only register hosts into one cluster.")
    {
        Create(factory),
        factory.WithSession(
            new DocumentedCommand("list", "List all enrolment tokens, without their secrets."),
            async (session, _, ct) => session.PrintResource(await session.Api.Get(Routes.Tokens, ct), Columns)),
        Revoke(factory),
        HistoryCommand.Build(
            factory, "Show the registrations with an enrolment token, oldest first.", Id(),
            (id, _) => Task.FromResult(Routes.Token(id, "history"))),
    };

    private static Argument<string> Id() => new("ID") { Description = "ID of the token, as 'commctl token list' shows it." };

    private static DocumentedCommand Create(CommandFactory factory)
    {
        var cluster = Options.Text(["--cluster", "-c"], "NAME", "Cluster into which hosts register.");
        cluster.Required = true;
        var ttl = Options.Duration("--ttl", "Lifetime of the token: seconds, or a number with s, m, h or d. Default: 24h.");
        var uses = Options.Integer(["--uses"], "Number of hosts that can register with the token. Default: 1.", 1);
        return factory.WithSession(
            new DocumentedCommand("create", "Create an enrolment token. Only this command shows its secret.", """
                Example:
                  commctl token create --cluster web --ttl 24h --uses 10
                """) { cluster, ttl, uses },
            async (session, parseResult, ct) =>
            {
                var body = new CreateTokenRequest
                {
                    Cluster = parseResult.GetValue(cluster),
                    Ttl = parseResult.GetValue(ttl) ?? 24 * 60 * 60,
                    Uses = parseResult.GetValue(uses) ?? 1,
                };
                return session.PrintResult(await session.Api.Post(Routes.Tokens, body, ApiClient.Json.CreateTokenRequest, ct));
            });
    }

    private static DocumentedCommand Revoke(CommandFactory factory)
    {
        var id = Id();
        return factory.WithSession(
            new DocumentedCommand("revoke", "Revoke an enrolment token. Hosts can no longer register with it.") { id },
            async (session, parseResult, ct) =>
                session.PrintResult(await session.Api.SendEmpty(HttpMethod.Delete, Routes.Token(parseResult.GetRequiredValue(id)), ct)));
    }
}
