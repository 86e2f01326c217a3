using Akka.Hosting;
using Commissaire.Http;
using Commissaire.Security;

namespace Commissaire.Tokens;

/// <summary>
/// Lets a holder of an enrolment token register a host, and do nothing else: on every other route the token is no credential at all.
/// Whether the token may still be used is for the token to say, when it is.
/// </summary>
internal sealed class EnrolmentAuthenticator(IRequiredActor<TokenActor> tokens) : IAuthenticator
{
    private static readonly object Key = new();

    /// <summary>The token a request was let in with; null when it was let in otherwise.</summary>
    public static ResourceName? TokenOf(HttpContext context) => (ResourceName?)context.Items[Key];

    /// <inheritdoc />
    public async ValueTask<string?> Authenticate(HttpContext context)
    {
        if (EnrolmentCredential.Of(context) is not { } offered || !RegistersAHost(context.Request)
            || await tokens.ActorRef.AskAsync<TokenReply>(new TokenCommand.Verify(offered.Token, offered.Digest), context.RequestAborted) is not TokenReply.Verified)
        {
            return null;
        }

        context.Items[Key] = offered.Token;
        return $"token {offered.Token}";
    }

    // The path is normalized by now: no doubled and no trailing slashes.
    private static bool RegistersAHost(HttpRequest request) =>
        HttpMethods.IsPut(request.Method) && request.Path.StartsWithSegments("/api/v0/host", StringComparison.Ordinal, out var rest)
        && rest.Value is "" or ['/', ..] && !rest.Value.AsSpan().TrimStart('/').Contains('/');
}
