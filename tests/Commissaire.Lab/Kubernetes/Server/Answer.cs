using System.Text.Json.Nodes;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>The answer to a request.</summary>
internal sealed record Answer(int Status, JsonNode Body)
{
    /// <summary>The Retry-After header, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The Location header.</summary>
    public string? Location { get; init; }

    /// <summary>Warning headers, as sent for unknown fields.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Thrown when a request is rejected.</summary>
internal sealed class RefusedException(Answer answer) : Exception(answer.Body.ToJsonString())
{
    public Answer Answer => answer;
}
