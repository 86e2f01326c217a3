using System.Runtime.Loader;
using Commissaire.Server.Tests.Running;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>A client in C#, generated from the OpenAPI document of a server and compiled.</summary>
internal sealed class GeneratedClient
{
    private const string Namespace = "Generated";

    private readonly System.Reflection.Assembly _assembly;

    private GeneratedClient(System.Reflection.Assembly assembly) => _assembly = assembly;

    /// <summary>Generates and compiles the client.</summary>
    public static async Task<GeneratedClient> For(RunningServer server)
    {
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "ApiClient",
            UseBaseUrl = false,
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings =
            {
                Namespace = Namespace,
                JsonLibrary = CSharpJsonLibrary.NewtonsoftJson,
                GenerateNullableReferenceTypes = true,
                GenerateOptionalPropertiesAsNullable = true,
            },
        };
        var source = new CSharpClientGenerator(await Described.By(server), settings).GenerateFile();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            Namespace,
            [CSharpSyntaxTree.ParseText(source)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        return new GeneratedClient(new AssemblyLoadContext(Namespace).LoadFromStream(image));
    }

    /// <summary>A client that sends requests through <paramref name="http"/>.</summary>
    public dynamic Over(HttpClient http) => Create("ApiClient", http);

    /// <summary>A body, or a part of one.</summary>
    public dynamic New(string type) => Create(type);

    private object Create(string type, params object[] arguments) =>
        Activator.CreateInstance(_assembly.GetType($"{Namespace}.{type}", throwOnError: true)!, arguments)!;
}
