using System.Runtime.CompilerServices;
using System.Text;
using Commissaire.Hosts;
using Commissaire.Wire;

namespace Commissaire.Server.Tests.Wire;

/// <summary>
/// Stored events and messages of earlier versions can be read, and are written unchanged. A golden file is added together with its type
/// and never changes: <c>COMMISSAIRE_WRITE_GOLDENS=1 dotnet test tests/Commissaire.Server.Tests</c> writes only missing files.
/// </summary>
public sealed class WireCompatibilityTests
{
    private static readonly string Goldens = Path.Combine(Here(), "golden");
    private static readonly ProtocolSerializer Serializer = new(null!);

    // A host sends these messages only to itself, within one process.
    private static readonly Type[] ProcessLocal =
    [
        typeof(HostCommand.CommandCompleted), typeof(HostCommand.CredentialsTried), typeof(HostCommand.FilesRestored),
        typeof(HostCommand.KeyRotated), typeof(HostCommand.KeysRemoved), typeof(HostCommand.PlanBootstrap),
    ];

    public static TheoryData<string> Manifests => new(WireNames.Types.Keys.Order(StringComparer.Ordinal));

    public static TheoryData<string> TracedManifests =>
        new(WireNames.Types.Where(p => p.Value.IsAssignableTo(typeof(ITraced))).Select(p => p.Key).Order(StringComparer.Ordinal));

    public static TheoryData<string> CountedManifests =>
        new(WireNames.Types.Where(p => Samples.Counted(p.Value) is not null).Select(p => p.Key).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_message_is_written_as_in_its_golden_file(string manifest) =>
        AssertMatchesGolden(Golden(manifest), Samples.Full(WireNames.Types[manifest]));

    // These files supplement the golden files without a trace.
    [Theory]
    [MemberData(nameof(TracedManifests))]
    public void A_traced_message_is_written_and_read_as_in_its_golden_file(string manifest)
    {
        AssertMatchesGolden(GoldenTraced(manifest), Samples.Traced(WireNames.Types[manifest]));
        var read = Assert.IsType<ITraced>(Serializer.FromBinary(File.ReadAllBytes(GoldenTraced(manifest)), manifest), exactMatch: false);
        Assert.Equal(Samples.Trace, read.Trace);
    }

    // These files supplement the golden files without failure counts.
    [Theory]
    [MemberData(nameof(CountedManifests))]
    public void A_message_with_failure_counts_is_written_and_read_as_in_its_golden_file(string manifest)
    {
        AssertMatchesGolden(GoldenCounted(manifest), Samples.Counted(WireNames.Types[manifest])!);
        var read = File.ReadAllBytes(GoldenCounted(manifest));
        Assert.Contains("\"failures\":3", Text(read), StringComparison.Ordinal);
        Assert.Equal(Text(read), Text(Serializer.ToBinary(Serializer.FromBinary(read, manifest))));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_golden_file_is_read_and_written_unchanged(string manifest)
    {
        var golden = File.ReadAllBytes(Golden(manifest));
        var read = Serializer.FromBinary(golden, manifest);
        Assert.Equal(manifest, Serializer.Manifest(read));
        Assert.Equal(Text(golden), Text(Serializer.ToBinary(read)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Optional_properties_can_be_absent(string manifest)
    {
        var written = Serializer.ToBinary(Samples.Sparse(WireNames.Types[manifest]));
        Assert.Equal(Text(written), Text(Serializer.ToBinary(Serializer.FromBinary(written, manifest))));
    }

    [Fact]
    public void Every_event_and_message_has_a_wire_name()
    {
        string[] kinds = ["Event", "Command", "Query", "Reply"];
        var protocols = typeof(HostEvent).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: true, IsSealed: false, IsInterface: false }
                && kinds.Any(k => t.Name.EndsWith(k, StringComparison.Ordinal)))
            .ToList();
        Assert.True(protocols.Count >= 14, $"found only {string.Join(", ", protocols)}");
        var messages = protocols.SelectMany(p => p.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(p)));
        Assert.Empty(messages.Except(ProcessLocal).Where(t => !WireNames.Names.ContainsKey(t)));
    }

    [Fact]
    public void The_table_of_wire_names_is_the_reviewed_one()
    {
        var table = string.Concat(WireNames.Types.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => $"{p.Key} {(p.Value.DeclaringType is { } outer ? $"{outer.Name}." : "")}{p.Value.Name}\n"));
        if (Environment.GetEnvironmentVariable("COMMISSAIRE_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(Table, table);
        }

        Assert.Equal(File.ReadAllText(Table), table);
    }

    [Fact]
    public void Every_golden_file_belongs_to_a_wire_name() =>
        Assert.Empty(Directory.GetFiles(Goldens).Except(
            WireNames.Types.Keys.SelectMany(manifest => new[] { Golden(manifest), GoldenTraced(manifest), GoldenCounted(manifest) })));

    [Fact]
    public void An_unknown_wire_name_is_rejected_and_named() =>
        Assert.Contains("'host/unheard-of/1' is unknown",
            Assert.Throws<InvalidDataException>(() => Serializer.FromBinary([], "host/unheard-of/1")).Message);

    private static string Table => Path.Combine(Here(), "names.txt");

    private static string Golden(string manifest) => Path.Combine(Goldens, manifest.Replace('/', '.') + ".json");

    private static string GoldenTraced(string manifest) => Path.ChangeExtension(Golden(manifest), "traced.json");

    private static string GoldenCounted(string manifest) => Path.ChangeExtension(Golden(manifest), "counted.json");

    private static void AssertMatchesGolden(string golden, object sample)
    {
        var written = Serializer.ToBinary(sample);
        if (!File.Exists(golden) && Environment.GetEnvironmentVariable("COMMISSAIRE_WRITE_GOLDENS") == "1")
        {
            File.WriteAllBytes(golden, written);
        }

        Assert.Equal(Text(File.ReadAllBytes(golden)), Text(written));
    }

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
