namespace Commissaire.Invocation;

/// <summary>A command whose help continues after the list of options.</summary>
internal sealed class DocumentedCommand(string name, string description, string details = "") : Command(name, description)
{
    /// <summary>Details and examples, below the options.</summary>
    public string Details { get; } = details;
}
