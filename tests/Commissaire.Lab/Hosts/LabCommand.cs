using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Lab.Hosts;

/// <summary>One line of a host's log: what one of its stand-ins was told.</summary>
public sealed record LabCommand
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>During which boot.</summary>
    public required string Boot { get; init; }

    /// <summary>As whom it ran.</summary>
    public required string User { get; init; }

    /// <summary>Who asked sudo for it; empty without sudo.</summary>
    [JsonPropertyName("sudo_user")]
    public required string SudoUser { get; init; }

    /// <summary>The command's name and its arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>As an operator would have typed it, without quotes.</summary>
    public override string ToString() => string.Join(' ', Argv);

    /// <summary>All whole lines of a log; a line still being written is left for the next reading.</summary>
    internal static ImmutableArray<LabCommand> ReadLog(string path)
    {
        var log = File.ReadAllText(path);
        var whole = log[..(log.LastIndexOf('\n') + 1)];
        return
        [
            .. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<LabCommand>(line, JsonSerializerOptions.Web)!),
        ];
    }
}
