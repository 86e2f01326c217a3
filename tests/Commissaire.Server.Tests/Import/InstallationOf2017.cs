using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Commissaire.Server.Tests.Import;

/// <summary>What is left of an installation of 2017: an etcd with the v2 API, and a Custodia on its Unix socket.</summary>
internal sealed class InstallationOf2017 : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InstallationOf2017(WebApplication app, string socket) => (_app, Socket) = (app, socket);

    /// <summary>The values in etcd, by their keys below <c>/commissaire/</c>.</summary>
    public ConcurrentDictionary<string, string> Etcd { get; } = new();

    /// <summary>The secrets in Custodia, by their paths below <c>/secrets/</c>.</summary>
    public ConcurrentDictionary<string, string> Custodia { get; } = new();

    /// <summary>The requests that etcd and Custodia got.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The path of Custodia's socket.</summary>
    public string Socket { get; }

    /// <summary>The credentials that etcd wants, as <c>USER:PASSWORD</c>; null for none.</summary>
    public string? Credentials { get; set; }

    /// <summary>Whether etcd serves the v2 API.</summary>
    public bool ServesV2 { get; set; } = true;

    /// <summary>The URL of etcd.</summary>
    public string Url => _app.Urls.Single(u => u.Contains("127.0.0.1", StringComparison.Ordinal));

    /// <summary>The answer of etcd to a request for everything.</summary>
    public string Answer => new JsonObject
    {
        ["action"] = "get",
        ["node"] = new JsonObject { ["key"] = "/commissaire", ["dir"] = true, ["nodes"] = Nodes("") },
    }.ToJsonString();

    /// <summary>Starts both. With a certificate, etcd uses TLS, and wants the same certificate from clients.</summary>
    public static async Task<InstallationOf2017> Start(X509Certificate2? certificate = null)
    {
        var socket = Path.Combine(RunningServer.NewDataDirectory(), "custodia.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socket);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(OnlyFor(certificate));
                }
            });
        });
        var app = builder.Build();
        var installation = new InstallationOf2017(app, socket);
        app.Run(installation.Answered);
        await app.StartAsync();
        return installation;
    }

    /// <summary>TLS with a certificate, for clients with the same certificate.</summary>
    public static HttpsConnectionAdapterOptions OnlyFor(X509Certificate2 certificate) => new()
    {
        ServerCertificate = certificate,
        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
        ClientCertificateValidation = (shown, _, _) => shown.Equals(certificate),
    };

    /// <summary>Adds a host with its secret.</summary>
    public void AddHost(string address, string? key, string user = "root", string status = "active")
    {
        Etcd[$"hosts/{address}"] = $$"""
            {"address": "{{address}}", "status": "{{status}}", "os": "fedora", "cpus": 2, "memory": 100, "space": 5,
             "last_check": "2017-04-01T00:00:00.000000", "source": ""}
            """;
        if (key is not null)
        {
            Custodia[$"hosts/{address}"] = $$"""{"address": "{{address}}", "ssh_priv_key": "{{key}}", "remote_user": "{{user}}"}""";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Answered(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        var overSocket = context.Connection.LocalIpAddress is null;
        if (request.Method != "GET" || (overSocket && request.Headers["REMOTE_USER"] != "commissaire"))
        {
            response.StatusCode = 403;
        }
        else if (overSocket && Custodia.TryGetValue($"{request.Path}"["/secrets/".Length..], out var secret)
            && request.Headers.Accept == "application/octet-stream")
        {
            await response.WriteAsync(secret);
        }
        else if (!overSocket && Credentials is { } credentials
            && request.Headers.Authorization != $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials))}")
        {
            response.StatusCode = 401;
        }
        else if (!overSocket && ServesV2 && $"{request.Path}{request.QueryString}" == "/v2/keys/commissaire/?recursive=true")
        {
            (response.StatusCode, response.ContentType) = (Etcd.IsEmpty ? 404 : 200, "application/json");
            await response.WriteAsync(Etcd.IsEmpty
                ? """{"errorCode":100,"message":"Key not found","cause":"/commissaire","index":7}""" : Answer);
        }
        else
        {
            response.StatusCode = 404;
        }
    }

    // The nodes of a directory: its values, and the directories in it.
    private JsonArray Nodes(string directory) => new([.. Etcd.Keys.Where(k => k.StartsWith(directory, StringComparison.Ordinal))
        .Select(k => directory + k[directory.Length..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)
        .Select(k => Etcd.TryGetValue(k, out var value)
            ? new JsonObject { ["key"] = $"/commissaire/{k}", ["value"] = value, ["modifiedIndex"] = 5, ["createdIndex"] = 5 }
            : new JsonObject { ["key"] = $"/commissaire/{k}", ["dir"] = true, ["nodes"] = Nodes($"{k}/") })]);
}
