using System.Net;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Security;
using Commissaire.Tokens;

namespace Commissaire.Http;

/// <summary>The caller of the request that is being handled, which commands to entities carry.</summary>
internal static class CurrentCaller
{
    private static readonly AsyncLocal<Caller?> Current = new();

    /// <summary>Middleware behind the authentication. A change of the caller ends with its request.</summary>
    public static async Task Set(HttpContext context, RequestDelegate next)
    {
        Current.Value = context.User.Identity is { IsAuthenticated: true, AuthenticationType: var login }
            ? new Caller(context.User.Name(), login ?? "", AddressOf(context.Connection.RemoteIpAddress))
            : null;
        await next(context);
    }

    private static string AddressOf(IPAddress? client) =>
        (client is { IsIPv4MappedToIPv6: true } ? client.MapToIPv4() : client)?.ToString() ?? "";

    /// <summary>The message with the caller, if it is a command and a request is being handled.</summary>
    public static object With(object message) => Current.Value is not { } caller ? message : message switch
    {
        HostCommand c => c with { Caller = caller },
        ClusterCommand c => c with { Caller = caller },
        RunCommand c => c with { Caller = caller },
        NetworkCommand c => c with { Caller = caller },
        ContainerManagerCommand c => c with { Caller = caller },
        TokenCommand c => c with { Caller = caller },
        _ => message,
    };
}
