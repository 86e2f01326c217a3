using System.CommandLine;
using Commissaire.Contracts.Tokens;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Tokens;

/// <summary><c>commctl token</c>.</summary>
internal static class TokenCommands
{
    /// <summary>The command.</summary>
    public static Command Build(Cli cli) => new("token", "Enrolment tokens: with one, a host can register itself into a cluster, and nothing else.")
    {
        Create(cli),
        cli.Asks(new Verb("list", "List all enrolment tokens, without the secrets."), async (session, _, ct) =>
            session.Show(await session.Api.Get(Routes.Tokens, ct), "id", "cluster", "expires_at", "uses_left", "uses", "revoked", "created_by", "created_at")),
        Revoke(cli),
    };

    private static Verb Create(Cli cli)
    {
        var cluster = new Option<string>("--cluster", "-c") { Description = "Cluster that hosts register into.", HelpName = "NAME", Required = true };
        var ttl = Durations.Option("--ttl", "How long it is good. Default: 24h.");
        var uses = Numbers.Option(["--uses"], "How many registrations it is good for. Default: 1.", 1);
        return cli.Asks(
            new Verb("create", "Create an enrolment token. The answer shows it, this once only.", """
                Example:
                  commctl token create --cluster web --ttl 24h --uses 10
                """) { cluster, ttl, uses },
            async (session, line, ct) =>
            {
                var body = new CreateTokenRequest { Cluster = line.GetValue(cluster), Ttl = line.GetValue(ttl) ?? 24 * 60 * 60, Uses = line.GetValue(uses) ?? 1 };
                return session.Done(await session.Api.Post(Routes.Tokens, body, Api.Json.CreateTokenRequest, ct));
            });
    }

    private static Verb Revoke(Cli cli)
    {
        var id = new Argument<string>("ID") { Description = "Which, as 'token list' names it." };
        return cli.Asks(new Verb("revoke", "Revoke an enrolment token: nobody can use it any more.") { id }, async (session, line, ct) =>
            session.Done(await session.Api.Delete(Routes.Token(line.GetRequiredValue(id)), ct)));
    }
}
