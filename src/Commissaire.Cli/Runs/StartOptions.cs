using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Runs;

/// <summary>The options of a rolling operation. What is not given is left to the server's defaults.</summary>
internal sealed class StartOptions(string verb)
{
    private readonly Option<string?> _maxUnavailable = Limit("--max-unavailable", "How many members may be out at a time, whatever the cause: a count, or a percentage. Default: 1.");
    private readonly Option<string?> _maxFailures = Limit("--max-failures", "After so many failed hosts none begins any more: a count, or a percentage. Default: 1.");
    private readonly Option<bool> _noDrain = new("--no-drain") { Description = "Neither cordon nor drain nodes." };
    private readonly Option<int?> _drainTimeout = Durations.Option("--drain-timeout", "How long draining a node may take. Default: 10m.");
    private readonly Option<string?> _onDrainTimeout = OneOf("--on-drain-timeout", "What then: fail the host, or force what is left off it. Default: fail.", "fail", "force");
    private readonly Option<string?> _reboot = OneOf("--reboot", "Whether a reboot follows. Default: never.", "never", "if-needed", "always");
    private readonly Option<int?> _timeout = Durations.Option("--timeout", $"How long a host may take until it is back. Default: {(verb == "restart" ? "10m" : "1h")}.");
    private readonly Option<int?> _soak = Durations.Option("--soak", "Pause between a host's return and the next one's turn. Default: 0.");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_maxUnavailable, _maxFailures, _noDrain, _drainTimeout, _onDrainTimeout, .. verb == "restart" ? [] : (Option[])[_reboot], _timeout, _soak])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was given.</summary>
    public StartRunRequest Read(ParseResult line) => new()
    {
        MaxUnavailable = Limit(line.GetValue(_maxUnavailable)),
        MaxFailures = Limit(line.GetValue(_maxFailures)),
        Drain = line.GetValue(_noDrain) ? false : null,
        DrainTimeout = line.GetValue(_drainTimeout),
        OnDrainTimeout = line.GetValue(_onDrainTimeout),
        Reboot = verb == "restart" ? null : line.GetValue(_reboot),
        Timeout = line.GetValue(_timeout),
        Soak = line.GetValue(_soak),
    };

    private static JsonElement? Limit(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? JsonSerializer.SerializeToElement(count, Api.Json.Int32)
        : JsonSerializer.SerializeToElement(text, Api.Json.String);

    private static Option<string?> Limit(string name, string description) => new(name) { Description = description, HelpName = "N|N%" };

    private static Option<string?> OneOf(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', words) };
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
