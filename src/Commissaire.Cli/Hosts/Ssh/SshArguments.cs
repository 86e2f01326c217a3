namespace Commissaire.Hosts.Ssh;

/// <summary>Separates the arguments of commctl and of ssh on the command line of <c>host ssh</c>.</summary>
internal static class SshArguments
{
    /// <summary>The name of the argument that ssh receives as it is.</summary>
    public const string ArgumentName = "ARGS";

    /// <summary>Inserts <c>--</c> after the host name of <c>host ssh</c>. Other command lines are unchanged.</summary>
    public static string[] InsertSeparator(string[] arguments, IReadOnlyCollection<string> optionsWithValue)
    {
        var words = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (optionsWithValue.Contains(arguments[i]))
            {
                i++;
            }
            else if (arguments[i] == "--")
            {
                return arguments;
            }
            else if (!arguments[i].StartsWith('-') && (words.Count > 0 || !arguments[i].StartsWith('[')))
            {
                words.Add(arguments[i]);
                if (words is ["host", "ssh", _] && i + 1 < arguments.Length)
                {
                    return [.. arguments[..(i + 1)], "--", .. arguments[(i + 1)..]];
                }
            }
        }

        return arguments;
    }
}
