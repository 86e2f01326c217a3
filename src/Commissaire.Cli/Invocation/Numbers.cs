using System.CommandLine;
using System.Globalization;

namespace Commissaire.Invocation;

/// <summary>Whole numbers on the command line.</summary>
internal static class Numbers
{
    /// <summary>An option that takes one.</summary>
    /// <param name="name">Its names, the long one first.</param>
    /// <param name="description">What for.</param>
    /// <param name="least">The least it may be.</param>
    /// <param name="most">The most it may be.</param>
    public static Option<int?> Option(string[] name, string description, int least, int most = int.MaxValue) => new(name[0], name[1..])
    {
        Description = description,
        HelpName = "N",
        CustomParser = given =>
        {
            if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            given.AddError($"argument {string.Join('/', name.Reverse())}: '{given.Tokens[0].Value}' is not a number {(most == int.MaxValue ? $"of {least} or more" : $"from {least} to {most}")}");
            return null;
        },
    };
}
