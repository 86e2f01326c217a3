using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Commissaire.Wire;

/// <summary>
/// The name on the wire of every persisted event and every message between processes, as declared above its base type. Journals and other
/// processes depend on each name: add names, never change or remove one. A shape that must change gets a new number beside the old one.
/// </summary>
internal static class WireNames
{
    public static FrozenDictionary<string, Type> Types { get; } = typeof(HostEvent).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false))
        .Append(new JsonDerivedTypeAttribute(typeof(EntityFailure), EntityFailure.Name))
        .ToFrozenDictionary(declared => (string)declared.TypeDiscriminator!, declared => declared.DerivedType);

    public static FrozenDictionary<Type, string> Names { get; } = Types.ToFrozenDictionary(p => p.Value, p => p.Key);
}
