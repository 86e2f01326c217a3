using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Invocation;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>What a server answered.</summary>
/// <param name="Method">What was asked, as people know it.</param>
/// <param name="Path">Of what.</param>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
internal sealed record Answer(HttpMethod Method, string Path, HttpStatusCode Status, string Text)
{
    /// <summary>Whether the server did it.</summary>
    public bool Ok => (int)Status is >= 200 and < 300;

    /// <summary>Whether there is no such thing.</summary>
    public bool Missing => Status == HttpStatusCode.NotFound;

    /// <summary>Whether asking again may help.</summary>
    public bool Passing => Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                return Text.Length == 0 ? null : JsonNode.Parse(Text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>Why the server did not do it, in its own words; empty when it gave none.</summary>
    public string Detail => Json is JsonObject problem && problem["detail"] is JsonValue detail && detail.GetValueKind() == JsonValueKind.String ? Words.OneLine(detail.GetValue<string>()) : "";

    /// <summary>The body as what it is.</summary>
    /// <exception cref="CommandFailure">It is something else.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Text, type) ?? throw Strange();
        }
        catch (JsonException)
        {
            throw Strange();
        }
    }

    /// <summary>Itself, if the server did it.</summary>
    /// <exception cref="CommandFailure">It did not.</exception>
    public Answer OrFail() => Ok ? this : throw Failure();

    /// <summary>The end of a command whose request was refused.</summary>
    public CommandFailure Failure() => new(Status switch
    {
        HttpStatusCode.Forbidden => $"The provided credentials were incorrect.{(Detail.Length == 0 ? " Check the user and the password." : $" {Detail}")}",
        HttpStatusCode.NotFound when Detail.Length > 0 => Detail,
        _ => $"Unable to {Method} the object at {Path}: {(int)Status}{(Detail.Length == 0 ? "" : $". {Detail}")}",
    });

    private CommandFailure Strange() => new($"The answer to {Method} {Path} is not what was expected: is this a Commissaire server?");
}
