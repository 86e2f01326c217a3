using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Handles requests: authenticates, authorizes, executes and answers them.</summary>
internal sealed class ApiServer(Store store, Time time, Access access, Deletes deletes, Traffic traffic, LabKubernetesOptions options)
{
    private readonly Reads reads = new(store);
    private readonly Writes writes = new(store, time);
    private readonly Watches watches = new(store, time);
    private readonly Evictions evictions = new(store, deletes, time, traffic, options);

    public async Task Handle(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            await Serve(context, ct);
        }
        catch (Exception gone) when (ct.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // The client has disconnected.
        }
    }

    private async Task Serve(HttpContext context, CancellationToken ct)
    {
        var request = await Read(context.Request, ct);
        Answer answer;
        try
        {
            if (!await traffic.Pass(request, ct))
            {
                traffic.Log(request);
                context.Abort();
                return;
            }

            var (user, rights) = access.Authenticate(context);
            request = request with { User = user };
            var target = Target.Parse(request.Path);
            var verb = Verb(context.Request, target);
            access.Authorize(user, rights, target, verb);
            if (target.Kind is not { } kind)
            {
                traffic.Log(request with { Status = await Other(context.Response, target.Path, ct) });
                return;
            }

            var agent = context.Request.Headers.UserAgent.ToString().Split('/', ' ')[0];
            var call = new Call(kind, target, verb, context.Request.Query, request.ContentType, request.Body)
            {
                Manager = context.Request.Query["fieldManager"] is [{ Length: > 0 } named] ? named : agent,
            };
            if (verb is "watch")
            {
                traffic.Log(request with { Status = 200 });
                await watches.Tell(call, context.Response, ct);
                return;
            }

            answer = Answer(call);
        }
        catch (RefusedException refused)
        {
            answer = refused.Answer;
        }

        request = request with { Status = answer.Status };
        traffic.Log(request);
        if (traffic.Loses(request))
        {
            context.Abort();
            return;
        }

        await Write(context.Response, answer, ct);
    }

    private Answer Answer(Call call)
    {
        if (call.Target.Subresource is "eviction" && call.Kind == Kind.Pod)
        {
            return call.Verb is "create" ? evictions.Evict(call) : throw Errors.NoMethod();
        }

        if (call.Target.Subresource is not ("" or "status"))
        {
            throw Errors.NoResource();
        }

        if (!call.Kind.Allows(call.Verb) || (call.Target.Subresource is "status" && call.Verb is not ("get" or "update" or "patch")))
        {
            throw Errors.NoMethod();
        }

        return call.Verb switch
        {
            "get" => reads.Get(call),
            "list" => reads.List(call),
            "create" => writes.Create(call),
            "update" => writes.Replace(call),
            "patch" => writes.Patch(call),
            "delete" => deletes.Delete(call),
            _ => throw Errors.NoMethod(),
        };
    }

    private static string Verb(HttpRequest request, Target target)
    {
        var named = target.Name.Length > 0;
        if (target.Kind is null)
        {
            return request.Method.ToLowerInvariant();
        }

        return request.Method switch
        {
            "GET" when request.Query["watch"] is [var watch] && watch is "true" or "1" => "watch",
            "GET" => named ? "get" : "list",
            "POST" when !named || target.Subresource.Length > 0 => "create",
            "PUT" when named => "update",
            "PATCH" when named => "patch",
            "DELETE" => named ? "delete" : "deletecollection",
            _ => request.Method.ToLowerInvariant(),
        };
    }

    /// <summary>Answers requests for the version and the health.</summary>
    private static async Task<int> Other(HttpResponse response, string path, CancellationToken ct)
    {
        switch (path.TrimEnd('/'))
        {
            case "/healthz" or "/livez" or "/readyz":
                await WriteText(response, "ok", ct);
                return 200;
            case "/version":
                await Write(response, new(200, new JsonObject
                {
                    ["major"] = "1",
                    ["minor"] = "34",
                    ["gitVersion"] = "v1.34.2",
                    ["gitCommit"] = "8cc511e399b929453cd98ae65b419c3cc227ec79",
                    ["gitTreeState"] = "clean",
                    ["buildDate"] = "2025-11-11T19:00:00Z",
                    ["goVersion"] = "go1.24.9",
                    ["compiler"] = "gc",
                    ["platform"] = "linux/amd64",
                }), ct);
                return 200;
            case var other when other.StartsWith("/api/v1/", StringComparison.Ordinal)
                || other.StartsWith("/apis/policy/v1/", StringComparison.Ordinal):
                throw Errors.NoResource();
            default:
                response.StatusCode = 404;
                await WriteText(response, "404 page not found\n", ct);
                return 404;
        }
    }

    private static async Task<LabRequest> Read(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(ct);
        return new LabRequest(request.Method, request.Path, request.QueryString.ToString(), request.ContentType ?? "", body);
    }

    private static async Task Write(HttpResponse response, Answer answer, CancellationToken ct)
    {
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        if (answer.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (answer.Location is { } url)
        {
            response.Headers.Location = url;
        }

        foreach (var warning in answer.Warnings)
        {
            response.Headers.Append("Warning", $"299 - \"{warning.Replace("\"", "\\\"")}\"");
        }

        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Body.ToJsonString()), ct);
    }

    private static async Task WriteText(HttpResponse response, string text, CancellationToken ct)
    {
        response.ContentType = "text/plain; charset=utf-8";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
    }
}
