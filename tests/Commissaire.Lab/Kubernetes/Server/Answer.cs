using System.Text.Json.Nodes;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>What a request is answered with.</summary>
internal sealed record Answer(int Status, JsonNode Body)
{
    /// <summary>The header of that name, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Warning headers, as sent for unknown fields.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Thrown where a request is refused.</summary>
internal sealed class RefusedException(Answer answer) : Exception(answer.Body.ToJsonString())
{
    public Answer Answer => answer;
}
