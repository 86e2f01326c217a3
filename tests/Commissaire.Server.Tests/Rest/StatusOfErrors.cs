using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Pattern;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commissaire.Server.Tests.Rest;

/// <summary>503 is for what may work later, 500 for defects.</summary>
public sealed class StatusOfErrors
{
    public static TheoryData<string, int> Errors
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (name, (_, status)) in Known)
            {
                data.Add(name, status);
            }

            return data;
        }
    }

    private static Dictionary<string, (Exception Error, int Status)> Known { get; } = new()
    {
        ["ask timeout"] = (new AskTimeoutException("x"), 503),
        ["timeout"] = (new TaskCanceledException(), 503),
        ["journal"] = (new JournalException("disk full"), 503),
        ["circuit breaker"] = (new OpenCircuitException("x"), 503),
        ["full disk"] = (new SqliteException("database or disk is full", 13), 503),
        ["damaged file"] = (new SqliteException("malformed", 11), 503),
        ["nested"] = (new AggregateException(new InvalidOperationException("x", new SqliteException("busy", 5))), 503),
        ["wrong sql"] = (new SqliteException("syntax error", 1), 500),
        ["constraint"] = (new SqliteException("constraint", 19), 500),
        ["postgres away"] = (new NpgsqlException("refused"), 503),
        ["postgres stops"] = (new PostgresException("x", "FATAL", "FATAL", "57P01"), 503),
        ["postgres sql"] = (new PostgresException("x", "ERROR", "ERROR", "42601"), 500),
        ["defect"] = (new InvalidOperationException("x"), 500),
        ["another defect"] = (new KeyNotFoundException(), 500),
        ["bad request"] = (new BadHttpRequestException("because", 400), 400),
        ["large"] = (new BadHttpRequestException("because", 413), 413),
        ["hung up"] = (new ConnectionResetException("x"), 499),
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_exception_has_its_status(string name, int status)
    {
        using var log = new CapturedLog();
        var (context, body) = (new DefaultHttpContext(), new MemoryStream());
        using var factory = LoggerFactory.Create(l => l.AddProvider(log));
        await using var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(factory).AddSingleton<IHostApplicationLifetime, Lifetime>().BuildServiceProvider();
        (context.RequestServices, context.Response.Body) = (services, body);
        context.Features.Set<IExceptionHandlerFeature>(new ExceptionHandlerFeature { Error = Known[name].Error });

        await Http.Errors.Write(context);

        Assert.Equal(status, context.Response.StatusCode);
        var trace = body.Length == 0 ? null : JsonNode.Parse(body.ToArray())!["trace_id"]?.ToString();
        Assert.Equal(status == 500, trace is not null);
        Assert.Equal(status == 500, log.Text.Contains($"trace {trace}", StringComparison.Ordinal) && log.Text.Contains("Error:"));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
