using Commissaire.Lab.Kubernetes.Controllers;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A PodDisruptionBudget that tests can change.</summary>
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

    /// <summary>How many disruptions it allows now.</summary>
    public long DisruptionsAllowed => cluster.Store.Get(Kind.Budget, ns, name).Number("status", "disruptionsAllowed") ?? 0;

    /// <summary>The pods whose eviction was accepted and that are not terminating yet.</summary>
    public IReadOnlyCollection<string> DisruptedPods => [.. cluster.Store.Get(Kind.Budget, ns, name).Texts("status", "disruptedPods").Keys];

    /// <summary>Sets how many disruptions it allows. Each eviction uses one, and its controller no longer counts.</summary>
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

    /// <summary>Makes its controller count again.</summary>
    public void Observe()
    {
        lock (cluster.Store.Guard)
        {
            cluster.Budgets.LeftAlone.Remove(BudgetController.Key(ns, name));
            cluster.Budgets.Reconcile();
        }
    }

    /// <summary>Changes it without its controller observing the change, until <see cref="Observe"/> or <see cref="Allow"/>.</summary>
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
