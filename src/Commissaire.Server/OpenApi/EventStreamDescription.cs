using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>Describes the event stream, whose body is not JSON.</summary>
internal static class EventStreamDescription
{
    private const string Stream = """
        The response does not end. Each event has an `event` line with its `subject`, an `id` line, and a `data` line with a `StreamedEvent`
        as JSON. The first event is a `ping` with an id. After 15 seconds without an event, a `ping` without an id follows. Send the last id
        as `Last-Event-ID` to continue. The stream is the same from every process.
        """;

    private const string Example = """
        event: ping
        data: {"at":"2026-11-26T13:41:14.031946","subject":"","name":"","event":"ping","summary":""}
        id: 10


        """;

    public static RouteHandlerBuilder DescribesEventStream(this RouteHandlerBuilder route) =>
        route.WithDescription(Stream).AddOpenApiOperationTransformer((operation, context, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "Last-Event-ID",
                In = ParameterLocation.Header,
                Description = "Stream the events after the one with this id. Default: new events only.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" },
            });
            operation.Responses!["200"] = new OpenApiResponse
            {
                Description = "Server-sent events (WHATWG HTML, section 9.2).",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    // Generators make a stream of a binary string, and would wait for the end of any other.
                    ["text/event-stream"] = new()
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        Example = Example,
                    },
                },
            };
            CommonProblems.AddTo(operation, context.Document!);
            return Task.CompletedTask;
        });
}
