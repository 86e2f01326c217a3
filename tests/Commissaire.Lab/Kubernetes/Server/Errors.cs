using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Error answers, in the words of the real server.</summary>
internal static class Errors
{
    private const string Refused = "Cannot evict pod as it would violate the pod's disruption budget.";

    public static RefusedException Unauthorized() => Of(401, "Unauthorized", "Unauthorized");

    public static RefusedException Forbidden(Target target, string user, string verb)
    {
        if (target.Kind is not { } kind)
        {
            return Of(403, "Forbidden", $"forbidden: User \"{user}\" cannot {verb} path \"{target.Path}\"", []);
        }

        var named = target.Name.Length == 0 ? "" : $" \"{target.Name}\"";
        var resource = target.Subresource.Length == 0 ? kind.Resource : $"{kind.Resource}/{target.Subresource}";
        var scope = target.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{target.Namespace}\"";
        var message = $"{kind.QualifiedResource}{named} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" "
            + $"in API group \"{kind.Group}\" {scope}";
        return Of(403, "Forbidden", message, Details(kind, target.Name));
    }

    public static RefusedException NotFound(Kind kind, string name) =>
        Of(404, "NotFound", $"{kind.QualifiedResource} \"{name}\" not found", Details(kind, name));

    public static RefusedException NoNamespace(string name) => Of(
        404, "NotFound", $"namespaces \"{name}\" not found", new JsonObject { ["name"] = name, ["kind"] = "namespaces" });

    public static RefusedException NoResource() => Of(404, "NotFound", "the server could not find the requested resource", []);

    public static RefusedException NoMethod() =>
        Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static RefusedException AlreadyExists(Kind kind, string name) =>
        Of(409, "AlreadyExists", $"{kind.QualifiedResource} \"{name}\" already exists", Details(kind, name));

    public static RefusedException Conflict(Kind kind, string name, string why) => Of(
        409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedResource} \"{name}\": {why}", Details(kind, name));

    /// <summary>A wrong UID or version in a precondition. The real server names the kind here, not the resource.</summary>
    public static RefusedException PreconditionFailed(Kind kind, string name, string why) => Of(
        409, "Conflict", $"Operation cannot be fulfilled on {kind.Name} \"{name}\": {why}",
        new JsonObject { ["name"] = name, ["kind"] = kind.Name });

    public static RefusedException ApplyConflict(Kind kind, string name, string manager, string field, int conflicts)
    {
        var details = Details(kind, name);
        details["causes"] = new JsonArray(new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with \"{manager}\"",
            ["field"] = field,
        });
        var number = conflicts == 1 ? "1 conflict" : $"{conflicts} conflicts";
        return Of(409, "Conflict", $"Apply failed with {number}: conflict with \"{manager}\": {field}", details);
    }

    /// <summary>Admission refuses a request. What is refused by a policy names the object, what is refused by a webhook does not.</summary>
    public static RefusedException Denied(Kind kind, string name, int status, string message) => Of(
        status, status switch { 403 => "Forbidden", 422 => "Invalid", _ => "BadRequest" },
        message.StartsWith("admission webhook", StringComparison.Ordinal) ? message
            : $"{kind.QualifiedResource} \"{name}\" is forbidden: {message}",
        Details(kind, name));

    public static RefusedException Stale(Kind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static RefusedException ContentType(string accepted) => Of(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static RefusedException BadRequest(string message) => Of(400, "BadRequest", message);

    public static RefusedException Unreadable(string kind, string version, string why) =>
        BadRequest($"{kind} in version \"{version}\" cannot be handled as a {kind}: {why}");

    public static RefusedException Invalid(Kind? kind, string name, string field, string cause, string why)
    {
        var details = new JsonObject { ["name"] = name };
        if (kind is not null)
        {
            details["kind"] = kind.Name;
        }

        var reason = cause switch
        {
            "Required value" => "FieldValueRequired",
            "Forbidden" => "FieldValueForbidden",
            _ => "FieldValueInvalid",
        };
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = reason, ["message"] = $"{cause}: {why}", ["field"] = field });
        return Of(422, "Invalid", $"{kind?.Name ?? ""} \"{name}\" is invalid: {field}: {cause}: {why}", details);
    }

    public static RefusedException ContinueExpired() => Of(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result. "
        + "You must start a new list without the continue parameter.");

    public static RefusedException TooOld(long asked, long now) =>
        Of(410, "Expired", $"too old resource version: {asked} ({now})");

    /// <summary>A budget allows no disruption. The answer has no Retry-After.</summary>
    public static RefusedException BudgetExhausted(string budget, long needs, long has) => TooManyRequests(
        null, $"The disruption budget {budget} needs {needs} healthy pods and has {has} currently");

    /// <summary>The controller of a budget has not observed it yet.</summary>
    public static RefusedException BudgetNotObserved(string budget, int retryAfter) => TooManyRequests(
        retryAfter, $"The disruption budget {budget} is still being processed by the server.");

    /// <summary>Two budgets select one pod. This failure has no reason.</summary>
    public static RefusedException TwoBudgets() => Of(
        500, null, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");

    /// <summary>A redirect that a test requested. The real server sends none.</summary>
    public static RefusedException Redirect(string url) => new(new(307, new JsonObject()) { Location = url });

    /// <summary>A failure that a test requested.</summary>
    public static RefusedException Trouble(int status, int? retryAfter)
    {
        var (reason, message) = status switch
        {
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", "forbidden"),
            404 => ("NotFound", "the server could not find the requested resource"),
            409 => ("Conflict", "Operation cannot be fulfilled: the object has been modified"),
            429 => ("TooManyRequests", "Too many requests, please try again later."),
            500 => ("InternalError", "Internal error occurred: etcdserver: no leader"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "Timeout: request did not complete within the allotted timeout"),
            _ => ("InternalError", "an error on the server has prevented the request from succeeding"),
        };
        var details = retryAfter is null ? null : new JsonObject { ["retryAfterSeconds"] = retryAfter };
        return new(new(status, Status(status, reason, message, details)) { RetryAfter = retryAfter });
    }

    private static RefusedException TooManyRequests(int? retryAfter, string cause)
    {
        var details = new JsonObject();
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = cause });
        if (retryAfter is not null)
        {
            details["retryAfterSeconds"] = retryAfter;
        }

        return new(new(429, Status(429, "TooManyRequests", Refused, details)) { RetryAfter = retryAfter });
    }

    private static RefusedException Of(int code, string? reason, string message, JsonObject? details = null) =>
        new(new(code, Status(code, reason, message, details)));

    private static JsonObject Status(int code, string? reason, string message, JsonObject? details)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason is not null)
        {
            status["reason"] = reason;
        }

        if (details is not null)
        {
            status["details"] = details;
        }

        status["code"] = code;
        return status;
    }

    private static JsonObject Details(Kind kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Resource;
        return details;
    }
}
