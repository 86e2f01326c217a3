using Commissaire.Lab.Kubernetes.Controllers;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A PodDisruptionBudget, and a hand on it.</summary>
public sealed class LabBudget
{
    private readonly Cluster cluster;
    private readonly string ns;
    private readonly string name;

    internal LabBudget(Cluster cluster, string ns, string name)
    {
        this.cluster = cluster;
        this.ns = ns;
        this.name = name;
    }

    /// <summary>How many pods may go now.</summary>
    public long DisruptionsAllowed => cluster.Store.Get(Kind.Budget, ns, name).Number("status", "disruptionsAllowed") ?? 0;

    /// <summary>The pods that were let go and have neither begun to end nor run out of time.</summary>
    public IReadOnlyCollection<string> DisruptedPods => [.. cluster.Store.Get(Kind.Budget, ns, name).Texts("status", "disruptedPods").Keys];

    /// <summary>That many may go, whatever its pods do: from now on each eviction takes one away and nothing brings one back.</summary>
    public void Allow(int disruptions)
    {
        lock (cluster.Store.Guard)
        {
            cluster.Budgets.LeftAlone.Add(BudgetController.Key(ns, name));
            cluster.Store.Change(Kind.Budget, ns, name, budget =>
            {
                var status = budget.Map("status");
                status["disruptionsAllowed"] = disruptions;
                status["observedGeneration"] = budget.Number("metadata", "generation");
                status.Remove("disruptedPods");
            });
        }
    }

    /// <summary>Its controller counts again.</summary>
    public void Observe()
    {
        lock (cluster.Store.Guard)
        {
            cluster.Budgets.LeftAlone.Remove(BudgetController.Key(ns, name));
            cluster.Budgets.Reconcile();
        }
    }

    /// <summary>It is changed and its controller has not seen that, and will not before <see cref="Observe"/> or <see cref="Allow"/>.</summary>
    public void Neglect()
    {
        lock (cluster.Store.Guard)
        {
            cluster.Budgets.LeftAlone.Add(BudgetController.Key(ns, name));
            cluster.Store.Change(Kind.Budget, ns, name, budget =>
                budget.Map("metadata")["generation"] = (budget.Number("metadata", "generation") ?? 0) + 1);
        }
    }

    /// <summary>Removes it.</summary>
    public void Remove() => cluster.Store.Remove(Kind.Budget, ns, name);
}
