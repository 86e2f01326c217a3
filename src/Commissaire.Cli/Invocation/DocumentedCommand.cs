namespace Commissaire.Invocation;

/// <summary>A command whose help continues after the list of options.</summary>
/// <param name="name">The name of the command.</param>
/// <param name="description">One sentence that starts with a verb.</param>
/// <param name="details">Details and examples, below the options.</param>
internal sealed class DocumentedCommand(string name, string description, string details = "") : Command(name, description)
{
    /// <summary>Details and examples, below the options.</summary>
    public string Details { get; } = details;
}
