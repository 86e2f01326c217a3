using System.Text.RegularExpressions;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>A pod that keeps a node from being drained, and why it is not gone: a refusal, or how it was ended.</summary>
internal sealed record RemainingPod(string Namespace, string Name, string? Refusal, string? Deletion);

/// <summary>Reports the pods that keep a node from being drained: each reason once, with the number and names of its pods.</summary>
internal static partial class DrainReport
{
    private const int MaxNames = 3;
    private const int MaxReasons = 5;

    /// <summary>What a drain waits for: refused pods first, the most frequent reason first.</summary>
    public static string Of(IReadOnlyCollection<RemainingPod> pods)
    {
        var refused = pods.Where(p => p.Refusal is not null)
            .GroupBy(p => p.Refusal!.Replace(p.Name, "", StringComparison.Ordinal))
            .OrderByDescending(g => g.Count())
            .Select(g => Refused([.. g]));
        var ending = pods.Where(p => p.Refusal is null)
            .GroupBy(p => p.Deletion)
            .Select(g => $"{Count(g.Count())} ending{(g.Key is { } how ? $", {how}" : "")}: {Names([.. g])}");
        string[] reasons = [.. refused, .. ending];
        return string.Join("; ", reasons.Take(MaxReasons)) + (reasons.Length > MaxReasons ? "; …" : "");
    }

    /// <summary>The pods that a forced drain deleted; empty if there are none.</summary>
    public static string OfDeleted(IReadOnlyCollection<RemainingPod> pods) =>
        string.Join("; ", pods.GroupBy(p => p.Deletion).Select(g => $"{Count(g.Count())} {g.Key}: {Names([.. g])}"));

    private static string Refused(IReadOnlyList<RemainingPod> pods)
    {
        var text = pods[0].Refusal!;
        var prefix = $"pods \"{pods[0].Name}\" is forbidden: ";
        text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        var (by, why) = (Policy().Match(text), Webhook().Match(text)) switch
        {
            ({ Success: true } policy, _) => ($" by policy \"{policy.Groups["name"].Value}\"", text[policy.Length..]),
            (_, { Success: true } webhook) => ($" by webhook \"{webhook.Groups["name"].Value}\"", text[webhook.Length..]),
            _ => ("", text),
        };
        return $"{Count(pods.Count)} refused{by}: {Names(pods)} ({why.Trim(' ', ':')})";
    }

    private static string Count(int pods) => pods == 1 ? "1 pod" : $"{pods} pods";

    private static string Names(IReadOnlyList<RemainingPod> pods) =>
        string.Join(", ", pods.Take(MaxNames).Select(p => $"{p.Namespace}/{p.Name}")) + (pods.Count > MaxNames ? ", …" : "");

    [GeneratedRegex("\\AValidatingAdmissionPolicy '(?<name>[^']*)'( with binding '[^']*')? denied request")]
    private static partial Regex Policy();

    [GeneratedRegex("\\Aadmission webhook \"(?<name>[^\"]*)\" denied the request")]
    private static partial Regex Webhook();
}
