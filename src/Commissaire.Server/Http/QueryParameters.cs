using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Commissaire.Http;

/// <summary>Rejects query parameters that a route does not read: a misspelt one would be ignored, and the answer would mislead.</summary>
internal static class QueryParameters
{
    public static Task Refuse(HttpContext context, RequestDelegate next) =>
        context.Request.Query.Count > 0 && Unknown(context) is { } problem
            ? Answers.WriteProblem(context, StatusCodes.Status400BadRequest, problem)
            : next(context);

    private static string? Unknown(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<MethodInfo>() is not { } handler
            || HttpPipeline.IsAboutTheProcess(context.Request.Path))
        {
            return null;
        }

        // Minimal APIs bind a parameter of a simple type that is not in the path from the query.
        string[] known =
        [
            .. handler.GetParameters()
                .Where(p => IsSimple(p.ParameterType) && endpoint.RoutePattern.GetParameter(p.Name!) is null)
                .Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? p.Name!),
        ];
        return context.Request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? UnknownName.Problem(unknown, "a query parameter of this route", known)
            : null;
    }

    private static bool IsSimple(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var plain
        && (plain == typeof(string) || plain.IsPrimitive || plain.IsEnum);
}
