using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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
            u => u.Key, u => u.Value!["hash"]!.ToString());
        using var passwords = new PasswordVerifier(users, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            if (await passwords.Authenticate(context.Request.Headers.Authorization, context.RequestAborted) is null)
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
