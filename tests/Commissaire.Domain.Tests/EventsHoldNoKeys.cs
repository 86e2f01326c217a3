using System.Collections.Immutable;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests;

/// <summary>Events are kept for ever and shown: what they are made of leaves no place for a private key or a password.</summary>
public sealed class EventsHoldNoKeys
{
    private static readonly Type[] Harmless =
        [typeof(string), typeof(int), typeof(long), typeof(bool), typeof(DateTimeOffset), typeof(HostAddress), typeof(ResourceName), typeof(OptionSet), typeof(RunId),
            typeof(TimeSpan), typeof(Limit)];

    // Everything that an event holds as text. A trace is made of hexadecimal digits alone, whatever a client sent.
    private static readonly string[] Texts =
    [
        "BootId", "By", "Digest", "Fingerprint", "Kernel", "KeyDigest", "Option", "Os", "OsVersion", "Output", "Problem", "Reason", "RemoteUser", "SecretId",
        "Source", "Step", "Steps", "Trace", "Type", "Version",
    ];

    // What events are made of in turn.
    private static readonly Type[] Parts =
        [typeof(HostKey), typeof(HostFacts), typeof(NetworkDefinition), typeof(KeptSecret), typeof(RunOptions), typeof(TurnPlan), typeof(TurnEnd),
            typeof(ClusterSettings), typeof(ClusterManager)];

    [Theory]
    [InlineData(typeof(HostEvent))]
    [InlineData(typeof(ClusterEvent))]
    [InlineData(typeof(NetworkEvent))]
    [InlineData(typeof(ContainerManagerEvent))]
    [InlineData(typeof(RunEvent))]
    public void Each_is_made_of_harmless_things_under_known_names(Type events) => Assert.All(events.GetNestedTypes(), Inspect);

    private static void Inspect(Type type)
    {
        foreach (var property in type.GetProperties())
        {
            var held = property.PropertyType;
            held = Nullable.GetUnderlyingType(held) ?? (held.IsAssignableTo(typeof(IImmutableList<string>)) ? typeof(string) : held);
            held = held.IsAssignableTo(typeof(IImmutableList<KeptSecret>)) ? typeof(KeptSecret) : held.IsAssignableTo(typeof(IImmutableList<HostAddress>)) ? typeof(HostAddress) : held;
            Assert.True(held != typeof(string) || Texts.Contains(property.Name), $"{type.Name}.{property.Name} is a new text");
            if (!Harmless.Contains(held) && !held.IsEnum)
            {
                Assert.Contains(held, Parts);
                if (held != typeof(NetworkDefinition))
                {
                    Inspect(held);
                }
            }
        }
    }
}
