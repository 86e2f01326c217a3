using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Security;
using Commissaire.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commissaire.Benchmarks;

/// <summary>A bare Kestrel endpoint with the same authentication and a body of the same size.</summary>
internal static class FloorServer
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        $$"""{"address":"10.1.0.1","status":"investigating","os":"","reason":"{{new string('x', 420)}}"}""");

    public static async Task<int> Run(string usersFile, int port)
    {
        var users = JsonNode.Parse(await File.ReadAllTextAsync(usersFile))!.AsObject().ToDictionary(
            u => u.Key, u => ImmutableArray.Create(u.Value!["hash"]!.ToString()));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Metrics>().AddSingleton<LoginLog>()
            .AddSingleton(_ => new LoginLimits());
        await using var app = builder.Build();
        var services = app.Services;
        var passwords = new PasswordVerifier(
            users, services.GetRequiredService<LoginLimits>(), services.GetRequiredService<LoginLog>(), TimeProvider.System);
        app.Run(async context =>
        {
            var (header, client) = (context.Request.Headers.Authorization, context.Connection.RemoteIpAddress);
            if (await passwords.Authenticate(header, client, context.RequestAborted) is not LoginResult.Proven)
            {
                context.Response.StatusCode = 403;
                return;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Body.Length;
            await context.Response.Body.WriteAsync(Body);
        });
        await app.RunAsync();
        return 0;
    }
}
