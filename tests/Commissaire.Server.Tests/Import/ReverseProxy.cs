using System.Net;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Server.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Commissaire.Server.Tests.Import;

/// <summary>
/// Passes requests on to a server. With a certificate, it uses TLS, and logs in clients that show the same certificate. It can break every
/// connection after a number of changes.
/// </summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ReverseProxy(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public static async Task<ReverseProxy> Start(
        RunningServer server, X509Certificate2? certificate = null, int breaksAfter = int.MaxValue)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(InstallationOf2017.OnlyFor(certificate));
            }
        }));
        var app = builder.Build();
        app.Run(async context =>
        {
            if (context.Request.Method == "PUT" && breaksAfter-- <= 0)
            {
                context.Abort();
                return;
            }

            using var request = new HttpRequestMessage(
                new HttpMethod(context.Request.Method), $"{server.Http.BaseAddress!.ToString().TrimEnd('/')}{context.Request.Path}");
            request.Content = context.Request.Method == "PUT" ? new StreamContent(context.Request.Body) : null;
            request.Headers.TryAddWithoutValidation(
                "Authorization", certificate is null ? context.Request.Headers.Authorization.ToString() : Client.Credentials);
            using var response = await server.Http.SendAsync(request);
            (context.Response.StatusCode, context.Response.ContentType) =
                ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString());
            await context.Response.WriteAsync(await response.Content.ReadAsStringAsync());
        });
        await app.StartAsync();
        return new ReverseProxy(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
