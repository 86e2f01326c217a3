using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Server.Tests.Wire;

/// <summary>
/// Makes a value of each type with a wire name: full, with a value for every optional property, or sparse, without any optional value.
/// </summary>
internal static class Samples
{
    private static readonly DateTimeOffset Time = DateTimeOffset.Parse("2026-11-23T21:39:16.150947+00:00", CultureInfo.InvariantCulture);
    private static readonly NullabilityInfoContext Nullability = new();

    public const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static object Full(Type type) => Of(type, sparse: false);

    /// <summary>Returns <see cref="Full"/> with a trace.</summary>
    public static object Traced(Type type)
    {
        var sample = Full(type);
        type.GetProperty(nameof(ITraced.Trace))!.SetValue(sample, Trace);
        return sample;
    }

    /// <summary>Returns <see cref="Full"/> with failure counts, or null if the type has none.</summary>
    public static object? Counted(Type type)
    {
        var sample = Full(type);
        return Count(sample) ? sample : null;
    }

    public static object Sparse(Type type) => Of(type, sparse: true);

    private static bool Count(object sample)
    {
        var properties = sample.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToList();
        if (properties.Find(p => p.Name == nameof(TurnEnd.Failures)) is { } failures)
        {
            failures.SetValue(sample, 3);
            return true;
        }

        return properties.Select(p => p.GetValue(sample)).OfType<object>()
            .SelectMany(value => value is IEnumerable many and not string ? many.Cast<object>() : [value])
            .Where(value => value.GetType().Assembly == typeof(HostEvent).Assembly && !value.GetType().IsEnum)
            .Aggregate(false, (any, value) => Count(value) || any);
    }

    private static object Of(Type type, bool sparse)
    {
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType, p, sparse))]);
    }

    private static object? Value(Type type, ParameterInfo parameter, bool sparse)
    {
        var name = parameter.Name!;
        var inner = Nullable.GetUnderlyingType(type);
        if (sparse && (inner is not null || (!type.IsValueType && Nullability.Create(parameter).WriteState == NullabilityState.Nullable)))
        {
            return null;
        }

        return (inner ?? type) switch
        {
            var t when t == typeof(string) => sparse ? "" : $"a \"{name}\" – é <&> \u2028",
            var t when t == typeof(int) => 2200 + name.Length,
            var t when t == typeof(long) => 4_000_000_000L + name.Length,
            var t when t == typeof(bool) => !sparse,
            var t when t == typeof(DateTimeOffset) => sparse ? Time.AddTicks(-(Time.Ticks % TimeSpan.TicksPerSecond)) : Time,
            var t when t == typeof(TimeSpan) => sparse ? TimeSpan.Zero : TimeSpan.FromSeconds(90.5),
            var t when t == typeof(RunId) => new RunId(ResourceName.Parse("a-cluster"), 7),
            var t when t == typeof(Limit) => Limit.Parse(sparse ? "3" : "25%"),
            var t when t == typeof(HostAddress) => HostAddress.Parse(sparse ? "10.2.0.2" : "fe80::1"),
            var t when t == typeof(ResourceName) => ResourceName.Parse($"a-{name}"),
            var t when t == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(sparse ? [] : [1, 2, 255]),
            var t when t == typeof(HostKey) => new HostKey(sparse ? "" : "ssh-ed25519", "SHA256:" + new string('k', 43)),
            var t when t == typeof(OptionSet) =>
                sparse ? OptionSet.Empty : OptionSet.Parse("""{"address": "10.0.0.1:8080", "deep": {"list": [1, 2.5, true, null, "é"]}}"""),
            { IsEnum: true } t => sparse ? Enum.GetValues(t).GetValue(0) : Enum.GetValues(t).Cast<object>().Last(),
            { IsGenericType: true } t when t.GetGenericTypeDefinition() == typeof(ImmutableArray<>) =>
                List(t.GetGenericArguments()[0], parameter, sparse),
            var t => Of(t, sparse),
        };
    }

    private static object List(Type element, ParameterInfo parameter, bool sparse) =>
        typeof(Samples).GetMethod(nameof(ListOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(element)
            .Invoke(null, [parameter, sparse])!;

    private static ImmutableArray<T> ListOf<T>(ParameterInfo parameter, bool sparse) =>
        sparse ? [] : [(T)Value(typeof(T), parameter, sparse)!, (T)Value(typeof(T), parameter, sparse)!];
}
