using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Handles get and list requests.</summary>
internal sealed class Reads(Store store)
{
    public Answer Get(Call call) => new(200, Call.Whole(call.Kind, store.Get(call.Kind, call.Namespace, call.Name)));

    /// <summary>Returns a list or one page. All pages show the state at the time of the first.</summary>
    public Answer List(Call call)
    {
        var limit = int.TryParse(call.Query["limit"], CultureInfo.InvariantCulture, out var wanted) && wanted > 0 ? wanted : int.MaxValue;
        var token = call.Query["continue"].ToString();
        var selects = Selector.Parse(call.Kind, call.Query["labelSelector"], call.Query["fieldSelector"]);
        lock (store.Guard)
        {
            var items = token.Length > 0 ? store.Rest(token) : [.. store.All(call.Kind, call.Namespace).Where(selects)];
            var metadata = new JsonObject { ["resourceVersion"] = store.Revision.ToString(CultureInfo.InvariantCulture) };
            if (items.Count > limit)
            {
                metadata["continue"] = store.Keep(items[limit..]);
                metadata["remainingItemCount"] = items.Count - limit;
            }

            return new(200, new JsonObject
            {
                ["kind"] = $"{call.Kind.Name}List",
                ["apiVersion"] = call.Kind.ApiVersion,
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. items.Take(limit).Select(item => item.DeepClone())]),
            });
        }
    }
}
