namespace Commissaire.Hosts.Ssh;

/// <summary>Parts the command line of <c>host ssh</c>: what follows the host name belongs to ssh, whatever it looks like.</summary>
internal static class SshWords
{
    /// <summary>The same arguments, with <c>--</c> after the host name of <c>host ssh</c>.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="takeValues">The options before a host name that take a value.</param>
    public static string[] Separate(string[] arguments, IReadOnlyCollection<string> takeValues)
    {
        var words = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (takeValues.Contains(arguments[i]))
            {
                i++;
            }
            else if (arguments[i] == "--")
            {
                return arguments;
            }
            else if (!arguments[i].StartsWith('-') && !arguments[i].StartsWith('['))
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
