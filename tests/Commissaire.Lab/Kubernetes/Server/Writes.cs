using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Handles create, replace and patch requests.</summary>
internal sealed class Writes(Store store, Time time)
{
    private const string PatchTypes = "application/json-patch+json, application/merge-patch+json, "
        + "application/strategic-merge-patch+json, application/apply-patch+yaml";

    public Answer Create(Call call)
    {
        var (created, warnings) = call.Decode(call.Kind.Name, call.Kind.ApiVersion);
        return Create(call, created, warnings);
    }

    public Answer Replace(Call call)
    {
        var (wanted, warnings) = call.Decode(call.Kind.Name, call.Kind.ApiVersion);
        lock (store.Guard)
        {
            return Change(call, store.Get(call.Kind, call.Namespace, call.Name), wanted, warnings);
        }
    }

    public Answer Patch(Call call)
    {
        lock (store.Guard)
        {
            var existing = store.Find(call.Kind, call.Namespace, call.Name);
            if (call.MediaType is "application/apply-patch+yaml")
            {
                return Apply(call, existing);
            }

            if (!PatchTypes.Split(", ").Contains(call.MediaType))
            {
                throw Errors.ContentType(PatchTypes);
            }

            existing ??= store.Get(call.Kind, call.Namespace, call.Name);
            var whole = Call.Whole(call.Kind, existing);
            var patched = call.MediaType switch
            {
                "application/merge-patch+json" => (JsonObject)Objects.Patch.Merge(whole, call.ParseObject()),
                "application/strategic-merge-patch+json" => Objects.Patch.Strategic(whole, call.ParseObject()),
                _ => Objects.Patch.Json(
                    whole, call.Parse() as JsonArray ?? throw Errors.BadRequest("a JSON patch is an array of operations")),
            };
            return Change(call, existing, patched, CheckPatched(call, patched));
        }
    }

    private Answer Apply(Call call, JsonObject? existing)
    {
        if (call.Query["fieldManager"].ToString().Length == 0)
        {
            throw Errors.Invalid(null, "", "fieldManager", "Required value", "is required for apply patch");
        }

        var applied = call.ParseObject();
        if (applied.Text("kind") != call.Kind.Name || applied.Text("apiVersion") != call.Kind.ApiVersion)
        {
            throw Errors.BadRequest($"invalid object type: {applied.Text("apiVersion")}, Kind={applied.Text("kind")}");
        }

        if (existing is null)
        {
            var warnings = CheckPatched(call, applied);
            applied.Map("metadata")["name"] = call.Name;
            return Create(call, applied, warnings, "Apply");
        }

        if (!call.Query["force"].Contains("true"))
        {
            Owners.Demand(call.Kind, existing, applied, call.Manager);
        }

        var patched = Objects.Patch.Strategic(Call.Whole(call.Kind, existing), applied);
        return Change(call, existing, patched, CheckPatched(call, patched), applied);
    }

    private static List<string> CheckPatched(Call call, JsonObject patched)
    {
        // The message contains the whole object, as that of the real server does.
        var text = $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(patched.ToJsonString())}\"";
        return call.Check(
            call.Kind.Name,
            patched,
            strict => Errors.Invalid(null, "", "patch", "Invalid value", $"{text}: {strict}"),
            wrong => Errors.Invalid(null, "", "patch", "Invalid value", $"{text}: {wrong}"));
    }

    private Answer Create(Call call, JsonObject created, List<string> warnings, string operation = "Update")
    {
        Strip(created);
        var metadata = created.Map("metadata");
        if (created.ResourceVersion().Length > 0)
        {
            throw Errors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        if (call.Kind.Namespaced)
        {
            if (created.Namespace().Length > 0 && created.Namespace() != call.Namespace)
            {
                throw Errors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }

            metadata["namespace"] = call.Namespace;
        }

        if (created.Name().Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = prefix + Guid.NewGuid().ToString("n")[..5];
        }

        Admit(call.Kind, created);
        Validation.Check(call.Kind, created);
        Owners.Record(null, created, call.Kind.ApiVersion, new Owner(call.Manager, operation), time.Stamp);
        lock (store.Guard)
        {
            if (call.Kind.Namespaced && !store.Namespaces.Contains(call.Namespace))
            {
                throw Errors.NoNamespace(call.Namespace);
            }

            if (call.DryRun && store.Find(call.Kind, call.Namespace, created.Name()) is not null)
            {
                throw Errors.AlreadyExists(call.Kind, created.Name());
            }

            var kept = call.DryRun ? created : store.Create(call.Kind, created);
            return new(201, Call.Whole(call.Kind, kept)) { Warnings = warnings };
        }
    }

    private Answer Change(Call call, JsonObject existing, JsonObject wanted, List<string> warnings, JsonObject? applied = null)
    {
        Strip(wanted);
        if (wanted.Name() != call.Name)
        {
            throw Errors.BadRequest($"the name of the object ({wanted.Name()}) does not match the name on the URL ({call.Name})");
        }

        if (wanted.Uid().Length > 0 && wanted.Uid() != existing.Uid())
        {
            throw Errors.Conflict(
                call.Kind,
                call.Name,
                $"Precondition failed: UID in precondition: {wanted.Uid()}, UID in object meta: {existing.Uid()}");
        }

        if (wanted.ResourceVersion().Length > 0 && wanted.ResourceVersion() != existing.ResourceVersion())
        {
            throw Errors.Stale(call.Kind, call.Name);
        }

        var changed = call.Target.Subresource is "status" ? existing.Copy() : wanted;
        var status = call.Target.Subresource is "status" ? wanted["status"] : existing["status"];
        changed.Remove("status");
        if (status is not null)
        {
            changed["status"] = status.DeepClone();
        }

        foreach (var name in (string[])["uid", "creationTimestamp", "namespace", "managedFields"])
        {
            changed.Map("metadata").Remove(name);
            if (existing.At("metadata", name) is { } value)
            {
                changed.Map("metadata")[name] = value.DeepClone();
            }
        }

        Prepare(call.Kind, changed);
        Validation.Check(call.Kind, changed);
        var owner = new Owner(call.Manager, applied is null ? "Update" : "Apply", call.Target.Subresource);
        Owners.Record(existing, changed, call.Kind.ApiVersion, owner, time.Stamp, applied);
        return new(200, Call.Whole(call.Kind, call.DryRun ? changed : store.Update(call.Kind, changed))) { Warnings = warnings };
    }

    /// <summary>Admits a new object: a node is tainted until it is ready.</summary>
    private static void Admit(Kind kind, JsonObject created)
    {
        Prepare(kind, created);
        if (kind == Kind.Node)
        {
            var taints = created.Map("spec").List("taints");
            if (!taints.Any(taint => taint.Text("key") is "node.kubernetes.io/not-ready" && taint.Text("effect") is "NoSchedule"))
            {
                taints.Add((JsonNode)new JsonObject { ["key"] = "node.kubernetes.io/not-ready", ["effect"] = "NoSchedule" });
            }
        }
    }

    private static void Prepare(Kind kind, JsonObject each)
    {
        if (kind == Kind.Node && each.At("spec", "unschedulable") is not null && !each.Flag("spec", "unschedulable"))
        {
            each.Map("spec").Remove("unschedulable");
        }

        if (kind == Kind.Secret)
        {
            foreach (var (name, text) in each.Texts("stringData"))
            {
                each.Map("data")[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            }

            each.Remove("stringData");
            each["type"] = each.Text("type") is { Length: > 0 } type ? type : "Opaque";
        }
    }

    private static void Strip(JsonObject each)
    {
        each.Remove("kind");
        each.Remove("apiVersion");
        each.Map("metadata").Remove("managedFields");
    }
}
