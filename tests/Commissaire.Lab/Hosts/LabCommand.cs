using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Lab.Hosts;

/// <summary>A command that a stand-in received: one line of the log of a host.</summary>
public sealed record LabCommand
{
    /// <summary>When it was received.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The ID of the boot it ran in.</summary>
    public required string Boot { get; init; }

    /// <summary>The user it ran as.</summary>
    public required string User { get; init; }

    /// <summary>The user who ran sudo; empty without sudo.</summary>
    [JsonPropertyName("sudo_user")]
    public required string SudoUser { get; init; }

    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>The command line, without quotes.</summary>
    public override string ToString() => string.Join(' ', Argv);

    /// <summary>Reads the complete lines of a log and skips a line that is still being written.</summary>
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
