using System.Globalization;
using Commissaire.OpenApi;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Commissaire.Security;

/// <summary>Which requests need which credentials.</summary>
internal static class AuthorizationPolicies
{
    /// <summary>The policy of routes that also accept an enrolment token.</summary>
    public const string RegisterHosts = "register-hosts";

    /// <summary>Requires a user for every path, also for paths without an endpoint.</summary>
    public static void AddPolicies(this IServiceCollection services, IEnumerable<string> userSchemes, string tokenScheme)
    {
        // If several schemes succeed, ASP.NET takes the user from the last one; Commissaire takes the first configured one.
        var schemes = userSchemes.Reverse().ToArray();
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(schemes).RequireAuthenticatedUser().Build())
            .AddPolicy(RegisterHosts, new AuthorizationPolicyBuilder([tokenScheme, .. schemes]).RequireAuthenticatedUser().Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ForbiddenAsProblem>();
    }

    // Clients of 2017 expect 403 where HTTP has 401; they do not know the page for browsers.
    private sealed class ForbiddenAsProblem : IAuthorizationMiddlewareResultHandler
    {
        private const string Detail =
            "The credentials are missing or wrong. Send HTTP Basic credentials of a configured user. "
            + "An enrolment token only registers hosts (PUT /api/v0/host).";

        public Task HandleAsync(
            RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            if (authorizeResult.Succeeded)
            {
                return next(context);
            }

            var refused = context.Features.Get<LoginResult.Refused>();
            if (refused?.RetryAfter is { } pause)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            var status = refused?.Status ?? StatusCodes.Status403Forbidden;
            if (status == StatusCodes.Status403Forbidden && DocsPage.Contains(context.Request.Path)
                && policy.AuthenticationSchemes.Contains(Authentication.BasicScheme))
            {
                // Without a challenge, a browser does not ask its user for a password.
                status = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"Commissaire\", charset=\"UTF-8\"";
            }

            return Answers.WriteProblem(context, status, refused?.Detail ?? Detail);
        }
    }
}
