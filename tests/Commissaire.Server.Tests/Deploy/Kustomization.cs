namespace Commissaire.Server.Tests.Deploy;

/// <summary>The fields of kustomization files that ours use. Other fields fail the tests.</summary>
public sealed class Kustomization
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public string? Namespace { get; set; }

    public List<string> Resources { get; set; } = [];

    public List<string> Components { get; set; } = [];

    public List<Dictionary<string, object>> Labels { get; set; } = [];

    public List<Dictionary<string, string>> Images { get; set; } = [];

    public List<Generator> ConfigMapGenerator { get; set; } = [];

    public List<Change> Patches { get; set; } = [];

    public sealed class Generator
    {
        public string Name { get; set; } = "";

        public string? Behavior { get; set; }

        public List<string> Files { get; set; } = [];
    }

    public sealed class Change
    {
        public string? Path { get; set; }

        public Dictionary<string, string>? Target { get; set; }

        public string? Patch { get; set; }
    }
}
