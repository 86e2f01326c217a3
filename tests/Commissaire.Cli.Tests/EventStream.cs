using System.Net;
using System.Text;

namespace Commissaire.Cli.Tests;

/// <summary>Events as the server sends them.</summary>
internal static class EventStream
{
    public static string Event(int id, string subject, string name, string @event, string summary) =>
        $$"""
        id: {{id}}
        event: {{subject}}
        data: {"at":"2026-11-23T21:40:00.000000","subject":"{{subject}}","name":"{{name}}","event":"{{@event}}","summary":"{{summary}}"}


        """;

    public static async Task Send(HttpListenerContext context, params string[] events)
    {
        foreach (var item in events)
        {
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(item));
            await context.Response.OutputStream.FlushAsync();
        }
    }
}
