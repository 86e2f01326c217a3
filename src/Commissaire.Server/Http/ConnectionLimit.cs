using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Commissaire.Http;

/// <summary>
/// Limits open connections, because each holds a file descriptor. Requests on a connection beyond the limit get 503, which closes it.
/// Kestrel's own limit closes connections without a word: it is a little higher, for connections that send nothing.
/// </summary>
internal sealed class ConnectionLimit(int limit)
{
    private const int DefaultLimit = 4096;
    private const int MinLimit = 64;

    // For hosts, the database, container managers, the runtime and its libraries.
    private const int OtherFiles = 512;

    private int _open;

    /// <summary>The limit, or the most that the limit of open files allows.</summary>
    /// <exception cref="StartupException">The process may open too few files.</exception>
    public static int From(int? configured, long openFiles)
    {
        if (configured is { } wanted)
        {
            var needed = KestrelLimit(wanted) + OtherFiles;
            return needed <= openFiles ? wanted : throw new StartupException(
                $"max_connections: {wanted} connections need {needed} open files, but this process may open {openFiles}. "
                + $"Raise the limit ('ulimit -n {needed}', or LimitNOFILE of the systemd unit), or lower max_connections.");
        }

        var possible = Math.Min(DefaultLimit, (openFiles - OtherFiles) * 4 / 5);
        return possible >= MinLimit ? (int)possible : throw new StartupException(
            $"This process may open {openFiles} files, which is too few for the hosts, the database and clients. "
            + $"Raise the limit to 1024 or more ('ulimit -n 1024', or LimitNOFILE of the systemd unit).");
    }

    /// <summary>How many files this process may open. The runtime has raised the soft limit to the hard one.</summary>
    public static long OpenFiles()
    {
        const string Line = "Max open files";
        var limit = File.ReadLines("/proc/self/limits").First(l => l.StartsWith(Line, StringComparison.Ordinal))[Line.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(limit, out var files) ? files : long.MaxValue;
    }

    /// <summary>Counts the connections of an endpoint.</summary>
    public void Count(KestrelServerOptions kestrel, ListenOptions listen)
    {
        kestrel.Limits.MaxConcurrentConnections = KestrelLimit(limit);
        listen.Use(next => async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref _open) > limit)
                {
                    connection.Features.Set(new Exceeded());
                }

                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        });
    }

    /// <summary>Answers requests on a connection beyond the limit, except for health checks: a server that is busy is healthy.</summary>
    public static Task Refuse(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Exceeded>() is null)
        {
            return next(context);
        }

        (context.Response.Headers.Connection, context.Response.Headers.RetryAfter) = ("close", "1");
        return context.Request.Path.StartsWithSegments(Health.Path, StringComparison.Ordinal)
            ? next(context)
            : Answers.WriteProblem(
                context, StatusCodes.Status503ServiceUnavailable, "The server has too many open connections (max_connections). Retry.");
    }

    private static int KestrelLimit(int limit) => limit + Math.Max(limit / 4, MinLimit / 4);

    private sealed class Exceeded;
}
