using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Commissaire.Contracts;
using Commissaire.Hosts;

namespace Commissaire.Server.Tests.Architecture;

/// <summary>Checks the dependencies between the projects and folders.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Sources = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "src"));

    [Theory]
    [InlineData(typeof(HostEvent))]
    [InlineData(typeof(ContractsJson))]
    public void Domain_and_contracts_reference_only_the_runtime(Type inside) =>
        Assert.Empty(inside.Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => !PartOfTheRuntime(name)));

    [Fact]
    public void Only_the_shell_uses_the_ssh_library() =>
        AssertOnlyIn(file => file.StartsWith("Commissaire.Server/Shell/", StringComparison.Ordinal), "Renci.");

    [Fact]
    public void Only_container_managers_use_the_Kubernetes_library() =>
        AssertOnlyIn(
            file => file.StartsWith("Commissaire.Server/ContainerManagers/", StringComparison.Ordinal),
            "using k8s", " k8s.", "(k8s.", "<k8s.");

    [Fact]
    public void Only_telemetry_uses_OpenTelemetry() =>
        AssertOnlyIn(
            file => file.StartsWith("Commissaire.Server/Telemetry/", StringComparison.Ordinal),
            "using OpenTelemetry", "new ActivitySource", "IMeterFactory");

    [Fact]
    public void Only_endpoints_ask_entities() =>
        AssertOnlyIn(file => Asks().IsMatch(Path.GetFileNameWithoutExtension(file)), ".Ask<", ".Answer<");

    [Fact]
    public void No_source_file_is_longer_than_300_lines() =>
        Assert.Empty(SourceFiles(Sources).Concat(SourceFiles(Path.Combine(Sources, "..", "tests", "Commissaire.Server.Tests")))
            .Where(f => File.ReadLines(f).Count() > 300));

    private static void AssertOnlyIn(Predicate<string> allowed, params string[] texts)
    {
        var found = SourceFiles(Sources).Where(f => texts.Any(File.ReadAllText(f).Contains))
            .Select(f => Path.GetRelativePath(Sources, f)).ToList();
        Assert.NotEmpty(found);
        Assert.Empty(found.Where(f => !allowed(f)));
    }

    private static IEnumerable<string> SourceFiles(string under) =>
        Directory.GetFiles(under, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static bool PartOfTheRuntime(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, $"{name}.dll"))
        && Assembly.Load(name).Location.Contains("Microsoft.NETCore.App", StringComparison.Ordinal);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"\A(.*Routes|ClusterLookup|HostRegistrar|RunStarter|RunControl|EnrolmentHandler|AskExtensions)\z")]
    private static partial Regex Asks();
}
