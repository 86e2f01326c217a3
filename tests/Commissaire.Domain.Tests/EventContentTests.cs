using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests;

/// <summary>Events are stored forever and shown to clients: their properties cannot hold a private key or a password.</summary>
public sealed class EventContentTests
{
    private static readonly Type[] SimpleTypes =
        [typeof(string), typeof(int), typeof(long), typeof(bool), typeof(DateTimeOffset), typeof(HostAddress), typeof(ResourceName),
            typeof(OptionSet), typeof(RunId), typeof(TimeSpan), typeof(Limit)];

    // A new text property must be reviewed before it is added here. A trace contains only hexadecimal digits and dashes.
    private static readonly string[] TextProperties =
    [
        "Address", "Architecture", "Base", "BootId", "By", "Digest", "Files", "Fingerprint", "Follows", "Image", "InService", "Kernel",
        "KeyDigest", "Keys", "Login", "Name", "OldPublicKey", "Option", "Os", "OsLike", "OsVersion", "Output", "Problem", "PublicKey",
        "Reason", "RemoteUser", "SecretId", "Source", "Step", "Steps", "Summary",
        "Trace", "Transport", "Type", "Unknown", "Version", "Why",
    ];

    private static readonly Type[] NestedTypes =
        [typeof(HostKey), typeof(HostFacts), typeof(Adoption), typeof(HostImages), typeof(ImageVersion), typeof(NetworkDefinition),
            typeof(KeptSecret), typeof(RunOptions), typeof(SharedMachine), typeof(TurnPlan), typeof(TurnEnd), typeof(ClusterSettings),
            typeof(ClusterManager), typeof(Caller), typeof(NodeDeparture)];

    [Theory]
    [InlineData(typeof(HostEvent))]
    [InlineData(typeof(ClusterEvent))]
    [InlineData(typeof(NetworkEvent))]
    [InlineData(typeof(ContainerManagerEvent))]
    [InlineData(typeof(RunEvent))]
    public void Events_hold_only_known_types_and_known_text_properties(Type events) => Assert.All(events.GetNestedTypes(), Inspect);

    private static void Inspect(Type owner)
    {
        foreach (var property in owner.GetProperties())
        {
            if (property.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) && property.SetMethod is null)
            {
                continue;
            }

            var type = ElementType(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            Assert.True(type != typeof(string) || TextProperties.Contains(property.Name),
                $"{owner.Name}.{property.Name} is a new text property");
            if (!SimpleTypes.Contains(type) && !type.IsEnum)
            {
                Assert.Contains(type, NestedTypes);
                if (type != typeof(NetworkDefinition))
                {
                    Inspect(type);
                }
            }
        }
    }

    private static Type ElementType(Type type) =>
        Array.Find(
            [typeof(string), typeof(KeptSecret), typeof(HostAddress), typeof(SharedMachine)],
            element => type.IsAssignableTo(typeof(IImmutableList<>).MakeGenericType(element))) ?? type;
}
