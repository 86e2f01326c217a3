using System.Globalization;
using System.Text.Json;
using Commissaire.Contracts.Runs;
using Commissaire.Hosts;

namespace Commissaire.Runs;

/// <summary>The options of a run. The server has the defaults.</summary>
internal sealed class StartOptions(string verb)
{
    private readonly Option<string?> _maxUnavailable = Options.Text(
        ["--max-unavailable"], "N|N%", "Maximum number of unavailable hosts, for any cause: a count or a percentage. Default: 1.");
    private readonly Option<string?> _maxFailures = Options.Text(
        ["--max-failures"], "N|N%", "Number of failed hosts after which no further host starts: a count or a percentage. Default: 1.");
    private readonly Option<bool> _noDrain = new("--no-drain") { Description = "Do not cordon and drain nodes first." };
    private readonly Option<int?> _drainTimeout = Options.Duration("--drain-timeout", "Time limit for draining a node. Default: 10m.");
    private readonly Option<string?> _onDrainTimeout = Options.Choice(
        ["--on-drain-timeout"], "When draining times out, fail the host, or force: delete its pods. Default: fail.", ["fail", "force"]);
    private readonly Option<int?> _forceGrace = Options.Duration(
        "--force-grace", "Longest grace period of the pods that force deletes. Default: 30s; 0 does not wait for their end.");
    private readonly Option<string?> _reboot = Options.Choice(
        ["--reboot"], "When to reboot a host afterwards. Default: never.", ["never", "if-needed", "always"]);
    private readonly Option<string?> _onFailure = Options.Choice(
        ["--on-failure"],
        "When a host fails after it booted another image, leave it, or rollback: boot the previous image. Default: leave.",
        ["leave", "rollback"]);
    private readonly Option<int?> _timeout = Options.Duration(
        "--timeout", $"Time limit for a host, from its first change to its return. Default: {(verb == "restart" ? "10m" : "1h")}.");
    private readonly Option<string[]> _limit = Hosts(
        "--limit", "Hosts of the cluster that have a turn, separated by commas. Default: all. Others still count if they are unavailable.");
    private readonly Option<string[]> _exclude = Hosts("--exclude", "Hosts of the cluster that have no turn, separated by commas.");
    private readonly Option<int?> _soak = Options.Duration(
        "--soak", "Pause between the return of a host and the start of the next. Default: 0.");

    /// <summary>Adds the options to a command. A restart always reboots.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            _limit, _exclude, _maxUnavailable, _maxFailures, _noDrain, _drainTimeout, _onDrainTimeout, _forceGrace, _reboot, _onFailure,
            _timeout, _soak,
        ];
        foreach (var option in options.Where(option => (option != _reboot && option != _onFailure) || verb != "restart"))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Creates the request from the options on the command line.</summary>
    /// <exception cref="CommandException">The name of a host does not resolve.</exception>
    public async Task<StartRunRequest> ToRequest(ParseResult parseResult, CancellationToken ct) => new()
    {
        Hosts = await Resolve(parseResult.GetValue(_limit), ct),
        Exclude = await Resolve(parseResult.GetValue(_exclude), ct),
        MaxUnavailable = ToJson(parseResult.GetValue(_maxUnavailable)),
        MaxFailures = ToJson(parseResult.GetValue(_maxFailures)),
        Drain = parseResult.GetValue(_noDrain) ? false : null,
        DrainTimeout = parseResult.GetValue(_drainTimeout),
        OnDrainTimeout = parseResult.GetValue(_onDrainTimeout),
        ForceGrace = parseResult.GetValue(_forceGrace),
        Reboot = verb == "restart" ? null : parseResult.GetValue(_reboot),
        OnFailure = verb == "restart" ? null : parseResult.GetValue(_onFailure),
        Timeout = parseResult.GetValue(_timeout),
        Soak = parseResult.GetValue(_soak),
    };

    private static Option<string[]> Hosts(string name, string description) => new(name) { Description = description, HelpName = "HOST,…" };

    private static async Task<IReadOnlyList<string>?> Resolve(string[]? given, CancellationToken ct) => given is null or [] ? null
        : await Task.WhenAll(given.SelectMany(hosts => hosts.Split(',')).Select(host => host.Trim().Length == 0
            ? throw new CommandException("--limit, --exclude: a host is empty, as if a variable were not set.")
            : HostCommands.Resolve(host.Trim(), ct)));

    // A count is a number, a percentage a string.
    private static JsonElement? ToJson(string? value) => value is null ? null
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? JsonSerializer.SerializeToElement(count, ApiClient.Json.Int32)
            : JsonSerializer.SerializeToElement(value, ApiClient.Json.String);
}
