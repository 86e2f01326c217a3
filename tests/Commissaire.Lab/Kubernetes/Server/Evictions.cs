using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Evicts pods if their disruption budget allows it.</summary>
internal sealed class Evictions(Store store, Deletes deletes, Time time, Traffic traffic, LabKubernetesOptions options)
{
    public Answer Evict(Call call)
    {
        var (eviction, _) = call.Decode("Eviction", "policy/v1");
        if (eviction.Name() != call.Name)
        {
            throw Errors.BadRequest("name in URL does not match name in Eviction object");
        }

        lock (store.Guard)
        {
            var pod = store.Get(Kind.Pod, call.Namespace, call.Name);
            if (traffic.Denials.FirstOrDefault(denial => denial.Matches(LabPod.Of(pod))) is { } denied)
            {
                throw Errors.Denied(Kind.Pod, call.Name, denied.Status, denied.Message);
            }

            var dryRun = call.DryRun || eviction.Items("deleteOptions", "dryRun").Any();

            // The real server has this order: it uses the budget first, and checks the preconditions afterwards.
            if (!Ignores(pod))
            {
                Ask(pod, dryRun);
            }

            Deletes.Demand(Kind.Pod, pod, eviction["deleteOptions"]);
            if (!dryRun)
            {
                pod.SetCondition("DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting", time.Stamp);
                deletes.DeletePod(pod, eviction["deleteOptions"]);
            }

            return new(201, Call.Success(201));
        }
    }

    private static bool Ignores(JsonObject pod) => pod.Terminating() || pod.Text("status", "phase") is "Pending" or "Succeeded" or "Failed";

    private void Ask(JsonObject pod, bool dryRun)
    {
        var budgets = store.All(Kind.Budget, pod.Namespace()).Where(each => Selector.Matches(each.At("spec", "selector"), pod)).ToList();
        if (budgets.Count > 1)
        {
            throw Errors.TwoBudgets();
        }

        if (budgets is not [var budget])
        {
            return;
        }

        var (healthy, desired) = (budget.Number("status", "currentHealthy") ?? 0, budget.Number("status", "desiredHealthy") ?? 0);
        if (pod.Condition("Ready").Text("status") is not "True"
            && (budget.Text("spec", "unhealthyPodEvictionPolicy") is "AlwaysAllow" || (healthy >= desired && desired > 0)))
        {
            return;
        }

        if ((budget.Number("status", "observedGeneration") ?? 0) < budget.Number("metadata", "generation"))
        {
            throw Errors.BudgetNotObserved(budget.Name(), options.RetryAfter);
        }

        var allowed = budget.Number("status", "disruptionsAllowed") ?? 0;
        if (allowed <= 0)
        {
            throw Errors.BudgetExhausted(budget.Name(), desired, healthy);
        }

        if (!dryRun)
        {
            budget.Map("status")["disruptionsAllowed"] = allowed - 1;
            budget.Map("status").Map("disruptedPods")[pod.Name()] = time.Stamp;
            store.Update(Kind.Budget, budget);
        }
    }
}
