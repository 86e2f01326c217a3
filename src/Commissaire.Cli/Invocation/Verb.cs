using System.CommandLine;

namespace Commissaire.Invocation;

/// <summary>A command with a page of help of its own.</summary>
/// <param name="name">The word for it.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="more">What the page says below its options: details, then examples.</param>
internal sealed class Verb(string name, string description, string more = "") : Command(name, description)
{
    /// <summary>What the page says below its options.</summary>
    public string More { get; } = more;
}
