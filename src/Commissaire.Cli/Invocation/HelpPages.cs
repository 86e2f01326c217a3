using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Commissaire.Invocation;

/// <summary>Prints the help that System.CommandLine generates, followed by the details and examples of the command.</summary>
internal static class HelpPages
{
    private const string RootDetails = """
        Configuration:
          A JSON object in $COMMCTL_CONFIG or ~/.commissaire.json with the fields:
            endpoint     Base URL of the server, or a list of URLs. Each request uses the first server that accepts a connection.
            username     User to authenticate as.
            password     Password of the user. Default: a prompt. Run 'chmod 600' on a file that contains it.
            ca           File with the certificate authorities of an https server, in PEM. Default: those of the system.
            kubeconfig   Kubeconfig whose token, password or client certificate replaces username and password.

        Output:
          Results go to standard output. Progress, warnings and errors go to standard error.

        Exit status:
          0      The command succeeded, or printed 'No object found.'
          1      No server could be reached.
          2      The server rejected the request or is no Commissaire server, or the command line is invalid.
          3      The run or host for which the command waited failed.
          128+N  Signal N ended the command.
          'commctl host ssh' exits with the status of ssh.

        Examples:
          commctl cluster create --container-manager ocp my_cluster
          commctl host create --cluster my_cluster --wait 192.168.152.110 ssh_key
          commctl cluster upgrade start --max-unavailable 25% --wait my_cluster
          commctl host list --output json
        """;

    /// <summary>Replaces the help action of the root command, which its sub-commands share.</summary>
    public static void Install(RootCommand root, GlobalOptions global)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        // The forms of Windows could be paths.
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        help.Action = new DetailedHelpAction((HelpAction)help.Action!, global);
    }

    private sealed class DetailedHelpAction(HelpAction generated, GlobalOptions global) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            ShortOptions.HideTaken(parseResult.CommandResult.Command, global);
            var exitCode = generated.Invoke(parseResult);
            var details = parseResult.CommandResult.Command switch
            {
                RootCommand => RootDetails,
                DocumentedCommand command => command.Details,
                _ => "",
            };
            if (details.Length > 0)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(details.TrimEnd() + Environment.NewLine);
            }

            return exitCode;
        }
    }
}
