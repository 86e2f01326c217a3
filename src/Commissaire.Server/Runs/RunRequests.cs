using System.Text.Json;
using System.Text.RegularExpressions;
using Commissaire.Contracts.Runs;
using Commissaire.Http;

namespace Commissaire.Runs;

/// <summary>Reads what a run is asked to be.</summary>
internal static partial class RunRequests
{
    private const int ADay = 24 * 60 * 60;

    /// <summary>The options in a body, with the defaults filled in.</summary>
    /// <exception cref="BadHttpRequestException">A field is not what was expected; the message names it.</exception>
    public static RunOptions Read(RunVerb verb, StartRunRequest body)
    {
        if (verb != RunVerb.Deploy && body.Version is not null)
        {
            throw Body.Bad($"version: is for deploy, not for {verb.ToWireName()}.");
        }

        if (verb == RunVerb.Deploy && (body.Version is null || !Version().IsMatch(body.Version)))
        {
            throw Body.Bad("version: expected the version to deploy: letters, digits, '.', '_', '+', '-', '~' and ':', at most 128 characters, not beginning with '-'.");
        }

        if (verb == RunVerb.Restart && body.Reboot is not null)
        {
            throw Body.Bad("reboot: is for upgrade and deploy; a restart always reboots.");
        }

        return new RunOptions(
            LimitOf("max_unavailable", body.MaxUnavailable),
            LimitOf("max_failures", body.MaxFailures),
            Seconds("soak", body.Soak, 0, 0),
            new TurnPlan(
                verb,
                body.Version,
                body.Drain ?? true,
                Seconds("drain_timeout", body.DrainTimeout, 1, 600),
                OneOf("on_drain_timeout", body.OnDrainTimeout, ("fail", DrainTimeoutPolicy.Fail), ("force", DrainTimeoutPolicy.Force)),
                OneOf("reboot", body.Reboot, [.. Enum.GetValues<RebootPolicy>().Select(r => (ToWireName(r), r))]),
                Seconds("timeout", body.Timeout, 1, verb == RunVerb.Restart ? 600 : 3600)));
    }

    /// <summary>The word for a reboot policy.</summary>
    public static string ToWireName(RebootPolicy reboot) => reboot switch
    {
        RebootPolicy.Never => "never",
        RebootPolicy.IfNeeded => "if-needed",
        _ => "always",
    };

    private static Limit LimitOf(string field, JsonElement? given) => given switch
    {
        null => Limit.One,
        { ValueKind: JsonValueKind.Number or JsonValueKind.String } value when Limit.TryParse(value.ToString(), null, out var limit) => limit,
        _ => throw Body.Bad($"{field}: expected {Limit.Expectation}."),
    };

    private static TimeSpan Seconds(string field, int? given, int least, int otherwise) => given switch
    {
        null => TimeSpan.FromSeconds(otherwise),
        { } seconds when seconds >= least && seconds <= ADay => TimeSpan.FromSeconds(seconds),
        _ => throw Body.Bad($"{field}: expected {least} to {ADay} seconds."),
    };

    private static T OneOf<T>(string field, string? given, params (string Word, T Value)[] choices) =>
        given is null ? choices[0].Value
        : choices.Any(c => c.Word == given) ? choices.First(c => c.Word == given).Value
        : throw Body.Bad($"{field}: expected one of {string.Join(", ", choices.Select(c => $"'{c.Word}'"))}.");

    [GeneratedRegex(@"\A[A-Za-z0-9_.+~:][A-Za-z0-9_.+~:-]{0,127}\z")]
    private static partial Regex Version();
}
