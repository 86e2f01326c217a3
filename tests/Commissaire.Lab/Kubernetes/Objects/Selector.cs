using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>Label and field selectors.</summary>
internal static partial class Selector
{
    public static Func<JsonObject, bool> Parse(Kind kind, string? labels, string? fields)
    {
        var conditions = Split(labels).Select(Label).Concat(Split(fields).Select(field => Field(kind, field))).ToList();
        return each => conditions.TrueForAll(holds => holds(each));
    }

    /// <summary>Whether the selector of a budget matches a pod. An empty selector matches all.</summary>
    public static bool Matches(JsonNode? selector, JsonNode pod)
    {
        var labels = pod.Texts("metadata", "labels");
        return selector is not null
            && selector.Texts("matchLabels").All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);
    }

    private static Func<JsonObject, bool> Label(string requirement)
    {
        var match = Requirement().Match(requirement);
        if (!match.Success)
        {
            throw Errors.BadRequest($"unable to parse requirement: found '{requirement}', expected: identifier");
        }

        var key = match.Groups["key"].Value;
        var absent = match.Groups["not"].Success;
        var relation = match.Groups["op"].Value;
        string[] values = match.Groups["set"].Success
            ? match.Groups["set"].Value.Split(',', StringSplitOptions.TrimEntries)
            : [match.Groups["value"].Value];
        return each =>
        {
            var value = each.Texts("metadata", "labels").GetValueOrDefault(key);
            return relation switch
            {
                "" => value is null == absent,
                "!=" or "notin" => value is null || !values.Contains(value),
                _ => value is not null && values.Contains(value),
            };
        };
    }

    private static Func<JsonObject, bool> Field(Kind kind, string requirement)
    {
        var match = FieldRequirement().Match(requirement);
        if (!match.Success)
        {
            throw Errors.BadRequest($"invalid selector: '{requirement}'; can't understand '{requirement}'");
        }

        var (field, wanted) = (match.Groups["key"].Value, match.Groups["value"].Value);
        var known = field is "metadata.name"
            || (kind.Namespaced && field is "metadata.namespace")
            || (kind == Kind.Pod && field is "spec.nodeName" or "status.phase" or "spec.restartPolicy")
            || (kind == Kind.Node && field is "spec.unschedulable")
            || (kind == Kind.Secret && field is "type");
        if (!known)
        {
            throw Errors.BadRequest($"field label not supported: {field}");
        }

        var path = field.Split('.');
        var equal = match.Groups["op"].Value != "!=";
        return each => (Value(each, path) == wanted) == equal;
    }

    private static string Value(JsonObject each, string[] path) =>
        path is [.., "unschedulable"] ? (each.Flag(path) ? "true" : "false") : each.Text(path) ?? "";

    private static IEnumerable<string> Split(string? selector) =>
        string.IsNullOrWhiteSpace(selector) ? [] : Commas().Split(selector).Select(part => part.Trim());

    [GeneratedRegex(@",(?![^()]*\))")]
    private static partial Regex Commas();

    [GeneratedRegex(
        @"^(?<not>!)?\s*(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)\s*"
        + @"(?:(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|(?<op>in|notin)\s*\((?<set>[^()]*)\))?$")]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^(?<key>[A-Za-z.]+)(?<op>==|=|!=)(?<value>.*)$")]
    private static partial Regex FieldRequirement();
}
