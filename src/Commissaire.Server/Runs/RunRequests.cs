using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Commissaire.Clusters;
using Commissaire.Contracts.Runs;

namespace Commissaire.Runs;

/// <summary>Reads and validates requests about runs.</summary>
internal static partial class RunRequests
{
    private const int MaxSeconds = 24 * 60 * 60;

    /// <summary>Reads the options of a run, and fills in the defaults.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid; the message names it.</exception>
    public static RunOptions Options(RunVerb verb, StartRunRequest body)
    {
        if (verb != RunVerb.Deploy && body.Version is not null)
        {
            throw new InvalidRequestException($"version: only deploy has a version. Leave it out for {verb.ToWireName()}.");
        }

        if (verb == RunVerb.Deploy && (body.Version is null || !Version().IsMatch(body.Version)))
        {
            throw new InvalidRequestException(
                "version: expected the version or image to deploy: letters, digits, '.', '_', '+', '-', '~', ':', '/' and '@', at most 512 "
                + "characters, not beginning with '-'.");
        }

        if (verb == RunVerb.Restart && body.Reboot is not null)
        {
            throw new InvalidRequestException("reboot: only upgrade and deploy have this option. A restart always reboots.");
        }

        if (verb == RunVerb.Restart && body.OnFailure is not null)
        {
            throw new InvalidRequestException(
                "on_failure: only upgrade and deploy have this option. A restart boots the same system again.");
        }

        if (body.ForceGrace is not null && body.OnDrainTimeout != DrainTimeoutPolicy.Force.ToWireName())
        {
            throw new InvalidRequestException("force_grace: only a forced drain has this option. Set on_drain_timeout to 'force'.");
        }

        return new RunOptions(
            LimitOf("max_unavailable", body.MaxUnavailable),
            LimitOf("max_failures", body.MaxFailures),
            Seconds("soak", body.Soak, min: 0, defaultValue: 0),
            new TurnPlan(
                verb,
                body.Version,
                body.Drain ?? true,
                Seconds("drain_timeout", body.DrainTimeout, min: 1, defaultValue: 600),
                Choice.Of("on_drain_timeout", body.OnDrainTimeout, (DrainTimeoutPolicy p) => p.ToWireName()) ?? default,
                Choice.Of("reboot", body.Reboot, (RebootPolicy p) => p.ToWireName()) ?? default,
                Seconds("timeout", body.Timeout, min: 1, defaultValue: verb == RunVerb.Restart ? 600 : 3600))
            {
                OnFailure = Choice.Of("on_failure", body.OnFailure, (FailurePolicy p) => p.ToWireName()) ?? default,
                ForceGrace = body.ForceGrace is null ? null : Seconds("force_grace", body.ForceGrace, min: 0, defaultValue: 0),
            });
    }

    /// <summary>Reads which members have a turn; null for all.</summary>
    /// <exception cref="InvalidRequestException">An address is no member, or no member is left.</exception>
    public static ImmutableArray<HostAddress>? Hosts(StartRunRequest body, ClusterView cluster)
    {
        if (body is { Hosts: null, Exclude: null })
        {
            return null;
        }

        if (body.Hosts is { Count: 0 })
        {
            throw new InvalidRequestException("hosts: is empty. Leave it out for all hosts of the cluster.");
        }

        var excluded = Members("exclude", body.Exclude ?? [], cluster).ToHashSet();
        var chosen = (body.Hosts is { } hosts ? Members("hosts", hosts, cluster) : cluster.Members).Where(h => !excluded.Contains(h));
        ImmutableArray<HostAddress> left = [.. chosen.Distinct().OrderBy(h => h.Value, StringComparer.Ordinal)];
        return left.IsEmpty && !cluster.Members.IsEmpty
            ? throw new InvalidRequestException("exclude: no host is left. Leave out fewer hosts.")
            : left;
    }

    private static IEnumerable<HostAddress> Members(string field, IReadOnlyList<string> addresses, ClusterView cluster)
    {
        var members = cluster.Members.ToHashSet();
        return addresses.Select((text, i) => HostAddress.TryParse(text, out var host) && members.Contains(host)
            ? host
            : throw new InvalidRequestException($"{field}[{i}]: '{text}' is not a member of cluster '{cluster.Name}'."));
    }

    /// <summary>
    /// Rejects a count of unavailable hosts that covers all of them: a forgotten percent sign would end all work at once.
    /// </summary>
    /// <exception cref="InvalidRequestException">The count is above 1 and covers all members.</exception>
    public static void ThrowIfAllAtOnce(RunOptions options, int members)
    {
        if (options.MaxUnavailable is { IsPercentage: false, Value: > 1 and var count } && count >= members && members > 0)
        {
            throw new InvalidRequestException(
                $"max_unavailable: {count} covers all {members} hosts of the cluster. Send '100%' to make all of them unavailable at "
                + "once, or a smaller count.");
        }
    }

    private static Limit LimitOf(string field, JsonElement? given) => given switch
    {
        null => Limit.One,
        { ValueKind: JsonValueKind.Number or JsonValueKind.String } value when Limit.TryParse(value.ToString(), null, out var limit) =>
            limit,
        _ => throw new InvalidRequestException($"{field}: expected {Limit.Expectation}."),
    };

    private static TimeSpan Seconds(string field, int? given, int min, int defaultValue) => given switch
    {
        null => TimeSpan.FromSeconds(defaultValue),
        { } seconds when seconds >= min && seconds <= MaxSeconds => TimeSpan.FromSeconds(seconds),
        _ => throw new InvalidRequestException($"{field}: expected {min} to {MaxSeconds} seconds."),
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_.+~:][A-Za-z0-9_.+~:@/-]{0,511}\z")]
    private static partial Regex Version();
}
