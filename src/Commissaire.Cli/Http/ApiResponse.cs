using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Output;

namespace Commissaire.Http;

internal sealed record ApiResponse(HttpMethod Method, string Path, HttpStatusCode Status, string Body)
{
    /// <summary>The base URL of the server that responded.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The media type of the body; null if the response has none.</summary>
    public string? MediaType { get; init; }

    /// <summary>The URL to which the server redirects; null unless it does.</summary>
    public string? Location { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Whether a retry may succeed.</summary>
    public bool IsTransient => Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway
        or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>Whether a change may have been applied in spite of the error.</summary>
    public bool IsUncertain => Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    /// <summary>After an uncertain change: what its object shows now.</summary>
    public string Finding { get; init; } = "";

    /// <summary>The body as JSON; null if it is not JSON.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                var json = Body.Length == 0 ? null : JsonNode.Parse(Body);
                if (Body.Contains(@"\ud", StringComparison.OrdinalIgnoreCase))
                {
                    UnsafeText.ReplaceHalfPairs(json);
                }

                return json;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>The name that the user may have meant, as a question; empty if there is none.</summary>
    public string Suggestion { get; init; } = "";

    /// <summary>The detail of a problem, and the suggestion; empty if there is none.</summary>
    public string Detail => Json is JsonObject problem && problem["detail"] is JsonValue detail && detail.TryGetValue(out string? text)
        ? TerminalText.OneLine($"{text} {Suggestion}")
        : Suggestion;

    /// <summary>Deserializes the body.</summary>
    /// <exception cref="CommandException">The body has another form.</exception>
    public T Deserialize<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CommandException($"Invalid response to {Method} {Path}. Check that the endpoint is a Commissaire server.");
        }
    }

    /// <summary>Returns the response if a Commissaire server may have sent it.</summary>
    /// <exception cref="CommandException">A proxy or another server responded.</exception>
    public ApiResponse EnsureCommissaire()
    {
        if (ForeignAnswer.Describe(this) is not { } description)
        {
            return this;
        }

        var advice = Location is { } location && location.StartsWith("http", StringComparison.Ordinal)
            && location.EndsWith(Path, StringComparison.Ordinal)
            ? $"If the server is there, use --endpoint {TerminalText.OneLine(location[..^Path.Length])}."
            : Endpoint.StartsWith("http:", StringComparison.Ordinal) && Body.Contains("HTTPS", StringComparison.Ordinal)
            ? $"Try --endpoint https{Endpoint[4..]}."
            : "Check --endpoint.";
        throw new CommandException($"{Endpoint} answered, but it is not a Commissaire server ({description}). {advice}");
    }

    /// <summary>Returns the response if the request succeeded.</summary>
    /// <exception cref="CommandException">The request failed.</exception>
    public ApiResponse EnsureSuccess() => IsSuccess ? this : throw ToException();

    /// <summary>Creates the error for a failed request. The first sentences are those of 2017.</summary>
    public CommandException ToException() => new(Finding.Length == 0 ? Problem() : $"{Problem()} {Finding}");

    private string Problem() => Status switch
    {
        HttpStatusCode.Forbidden =>
            $"The provided credentials were incorrect. {(Detail.Length == 0 ? "Check the user and the password." : Detail)}",
        HttpStatusCode.NotFound when Detail.Length > 0 => Detail,
        _ when IsTransient && Json is null => $"Unable to {Method} the object at {Path}: {(int)Status}. A proxy rejected the request: "
            + "the server behind it may be down.",
        _ => $"Unable to {Method} the object at {Path}: {(int)Status}{(Detail.Length == 0 ? "" : $". {Detail}")}",
    };
}
