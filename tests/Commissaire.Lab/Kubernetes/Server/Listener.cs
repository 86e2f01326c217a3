using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>One life of the port: from when it listens until every connection is cut.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly CancellationToken AtOnce = new(canceled: true);

    private readonly WebApplication web;

    private Listener(WebApplication web) => this.web = web;

    public static async Task<Listener> Start(IPEndPoint endpoint, X509Certificate2? certificate, RequestDelegate handle, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Signals are for the program the lab runs in.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endpoint, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate, https =>
                {
                    // As the real server does it: any certificate is let in, and judged when it is asked who that is.
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                });
            }
        }));
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var web = builder.Build();
        web.Run(handle);
        try
        {
            await web.StartAsync(ct);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        return new Listener(web);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await web.StopAsync(AtOnce);
        }
        catch (OperationCanceledException)
        {
            // Asked to hurry, it says that it did.
        }

        await web.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
