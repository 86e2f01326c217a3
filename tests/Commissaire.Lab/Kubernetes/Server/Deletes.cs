using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Deletes objects: pods after their grace period, others at once.</summary>
internal sealed class Deletes(Store store, Time time)
{
    /// <summary>When the grace period of each terminating pod ends, by UID.</summary>
    public ConcurrentDictionary<string, DateTime> Due { get; } = new();

    public Answer Delete(Call call)
    {
        var options = new JsonObject();
        if (call.Body.Length > 0)
        {
            var version = call.ParseObject().Text("apiVersion");
            (options, _) = call.Decode("DeleteOptions", version is "policy/v1" or "meta.k8s.io/v1" ? version : "v1");
        }

        if (long.TryParse(call.Query["gracePeriodSeconds"], CultureInfo.InvariantCulture, out var grace))
        {
            options["gracePeriodSeconds"] = grace;
        }

        lock (store.Guard)
        {
            var existing = store.Get(call.Kind, call.Namespace, call.Name);
            Demand(call.Kind, existing, options);
            if (call.Kind == Kind.Pod)
            {
                return new(200, Call.Whole(Kind.Pod, call.DryRun ? existing : DeletePod(existing, options)));
            }

            if (!call.DryRun)
            {
                store.Remove(call.Kind, call.Namespace, call.Name);
            }

            return new(200, Call.Success(details: new JsonObject
            {
                ["name"] = call.Name,
                ["kind"] = call.Kind.Resource,
                ["uid"] = existing.Uid(),
            }));
        }
    }

    /// <summary>Rejects a request whose preconditions do not hold.</summary>
    public static void Demand(Kind kind, JsonObject existing, JsonNode? options)
    {
        if (options.Text("preconditions", "uid") is { } uid && uid != existing.Uid())
        {
            throw Errors.PreconditionFailed(
                kind,
                existing.Name(),
                $"the UID in the precondition ({uid}) does not match the UID in record ({existing.Uid()}). "
                + "The object might have been deleted and then recreated");
        }

        if (options.Text("preconditions", "resourceVersion") is { } version && version != existing.ResourceVersion())
        {
            throw Errors.PreconditionFailed(
                kind,
                existing.Name(),
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record "
                + $"({existing.ResourceVersion()}). The object might have been modified");
        }
    }

    /// <summary>Starts to terminate a pod. A pod that does not run on a node is removed at once.</summary>
    public JsonObject DeletePod(JsonObject pod, JsonNode? options)
    {
        var grace = options.Number("gracePeriodSeconds") ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30;
        if (pod.Text("spec", "nodeName") is null || pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            grace = 0;
        }

        if (grace <= 0)
        {
            store.Remove(Kind.Pod, pod.Namespace(), pod.Name());
            pod.Map("metadata")["deletionGracePeriodSeconds"] = 0;
            return pod;
        }

        if (pod.Terminating() && grace >= pod.Number("metadata", "deletionGracePeriodSeconds"))
        {
            return pod;
        }

        var metadata = pod.Map("metadata");
        metadata["deletionTimestamp"] = Time.Write(time.Now.AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        Due[pod.Uid()] = time.Now + time.Seconds(grace);
        return store.Update(Kind.Pod, pod);
    }
}
