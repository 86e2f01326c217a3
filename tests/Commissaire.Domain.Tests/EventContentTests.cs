using System.Collections.Immutable;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests;

/// <summary>Events are kept for ever and shown: what they are made of leaves no place for a private key or a password.</summary>
public sealed class EventContentTests
{
    private static readonly Type[] SimpleTypes =
        [typeof(string), typeof(int), typeof(long), typeof(bool), typeof(DateTimeOffset), typeof(HostAddress), typeof(ResourceName), typeof(OptionSet), typeof(RunId),
            typeof(TimeSpan), typeof(Limit)];

    // Everything that an event holds as text. A trace is made of hexadecimal digits alone, whatever a client sent.
    private static readonly string[] TextProperties =
    [
        "BootId", "By", "Digest", "Fingerprint", "Kernel", "KeyDigest", "Option", "Os", "OsVersion", "Output", "Problem", "Reason", "RemoteUser", "SecretId",
        "Source", "Step", "Steps", "Trace", "Type", "Version",
    ];

    // What events are made of in turn.
    private static readonly Type[] NestedTypes =
        [typeof(HostKey), typeof(HostFacts), typeof(NetworkDefinition), typeof(KeptSecret), typeof(RunOptions), typeof(TurnPlan), typeof(TurnEnd),
            typeof(ClusterSettings), typeof(ClusterManager)];

    [Theory]
    [InlineData(typeof(HostEvent))]
    [InlineData(typeof(ClusterEvent))]
    [InlineData(typeof(NetworkEvent))]
    [InlineData(typeof(ContainerManagerEvent))]
    [InlineData(typeof(RunEvent))]
    public void Events_hold_only_known_types_and_known_text_properties(Type events) => Assert.All(events.GetNestedTypes(), Inspect);

    private static void Inspect(Type type)
    {
        foreach (var property in type.GetProperties())
        {
            var propertyType = property.PropertyType;
            propertyType = Nullable.GetUnderlyingType(propertyType) ?? (propertyType.IsAssignableTo(typeof(IImmutableList<string>)) ? typeof(string) : propertyType);
            propertyType = propertyType.IsAssignableTo(typeof(IImmutableList<KeptSecret>)) ? typeof(KeptSecret) : propertyType.IsAssignableTo(typeof(IImmutableList<HostAddress>)) ? typeof(HostAddress) : propertyType;
            Assert.True(propertyType != typeof(string) || TextProperties.Contains(property.Name), $"{type.Name}.{property.Name} is a new text");
            if (!SimpleTypes.Contains(propertyType) && !propertyType.IsEnum)
            {
                Assert.Contains(propertyType, NestedTypes);
                if (propertyType != typeof(NetworkDefinition))
                {
                    Inspect(propertyType);
                }
            }
        }
    }
}
