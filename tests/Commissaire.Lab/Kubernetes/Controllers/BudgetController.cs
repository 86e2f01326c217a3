using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>Counts the allowed disruptions of each budget, except those that a test sets or keeps unobserved.</summary>
internal sealed class BudgetController(Store store, Time time, Workloads workloads)
{
    private readonly Dictionary<string, Dictionary<string, DateTime>> spent = [];

    public HashSet<string> LeftAlone { get; } = [];

    public void Reconcile()
    {
        foreach (var budget in store.All(Kind.Budget))
        {
            if (!LeftAlone.Contains(Key(budget.Namespace(), budget.Name())))
            {
                Count(budget);
                store.Update(Kind.Budget, budget);
            }
        }
    }

    public static string Key(string ns, string name) => $"{ns}/{name}";

    private void Count(JsonObject budget)
    {
        var pods = store.All(Kind.Pod, budget.Namespace()).Where(pod => Selector.Matches(budget.At("spec", "selector"), pod)).ToList();
        var disrupted = StillExpected(budget, pods);
        var healthy = pods.Count(pod =>
            !pod.Terminating() && !disrupted.ContainsKey(pod.Name()) && pod.Condition("Ready").Text("status") is "True");
        var (expected, desired) = Wanted(budget, pods);
        var allowed = expected > 0 ? Math.Max(0, healthy - desired) : 0;

        var status = budget.Map("status");
        status.Remove("disruptedPods");
        if (disrupted.Count > 0)
        {
            status["disruptedPods"] = Fields.Of(disrupted);
        }

        status["currentHealthy"] = healthy;
        status["desiredHealthy"] = desired;
        status["expectedPods"] = expected;
        status["disruptionsAllowed"] = allowed;
        status["observedGeneration"] = budget.Number("metadata", "generation");
        var (state, reason) = allowed > 0 ? ("True", "SufficientPods") : ("False", "InsufficientPods");
        budget.SetCondition("DisruptionAllowed", state, reason, null, time.Stamp);
    }

    /// <summary>The evicted pods that are neither terminating nor removed yet. The controller waits two minutes for them.</summary>
    private Dictionary<string, string> StillExpected(JsonObject budget, List<JsonObject> pods)
    {
        var key = Key(budget.Namespace(), budget.Name());
        if (!spent.TryGetValue(key, out var seen))
        {
            spent[key] = seen = [];
        }

        var expected = new Dictionary<string, string>();
        foreach (var (name, stamp) in budget.Texts("status", "disruptedPods"))
        {
            var since = seen.TryGetValue(name, out var first) ? first : seen[name] = time.Now;
            if (pods.Exists(pod => pod.Name() == name && !pod.Terminating()) && time.Now - since < time.Seconds(120))
            {
                expected[name] = stamp;
            }
            else
            {
                seen.Remove(name);
            }
        }

        return expected;
    }

    private (int Expected, int Desired) Wanted(JsonObject budget, List<JsonObject> pods)
    {
        var scale = pods.GroupBy(Owner).Sum(owned => workloads.Scale(owned.First()));
        if (budget.At("spec", "maxUnavailable") is { } most)
        {
            return (scale, Math.Max(0, scale - Resolve(most, scale)));
        }

        var least = budget.At("spec", "minAvailable");
        return least?.GetValueKind() is JsonValueKind.String
            ? (scale, Resolve(least, scale))
            : (pods.Count, (int)(least.Number() ?? 0));
    }

    private static string Owner(JsonObject pod) =>
        pod.Items("metadata", "ownerReferences").FirstOrDefault() is { } owner ? $"{owner.Text("kind")}/{owner.Text("name")}" : pod.Uid();

    /// <summary>A number, or a percentage of all, rounded up.</summary>
    private static int Resolve(JsonNode value, int all) => value.Text() is { } share
        ? (int)Math.Ceiling(int.Parse(share.TrimEnd('%'), CultureInfo.InvariantCulture) * all / 100.0)
        : (int)(value.Number() ?? 0);
}
