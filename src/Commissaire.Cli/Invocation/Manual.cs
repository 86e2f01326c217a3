using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Commissaire.Invocation;

/// <summary>The pages of help: what is generated of a command, then what there is to say besides.</summary>
internal static class Manual
{
    private const string OfTheProgram = """
        Configuration:
          A JSON object, in $COMMCTL_CONFIG or ~/.commissaire.json. Its fields:
            endpoint     base URL of the server, or a list of them: each request goes to the first that can be connected to
            username     who logs in
            password     may be left out: it is asked for. Keep a file that holds it from others: chmod 600
            kubeconfig   a kubeconfig whose token, password or client certificate is used instead

        Output:
          Answers go to standard output: yaml when it is no terminal, else a table. Words for people go to standard error.

        Exit status:
          0    done; also when there is no such object, which is then said
          1    no server could be reached
          2    the server refused, or the command line is wrong
          3    what was waited for came to a bad end
          128+N  ended by signal N. 'host ssh' exits as ssh does.

        Examples:
          commctl cluster create --container-manager ocp my_cluster
          commctl host create --cluster my_cluster --wait 192.168.152.110 ssh_key
          commctl cluster upgrade start --max-unavailable 25% --wait my_cluster
          commctl host list --output json
        """;

    /// <summary>Gives every command its page.</summary>
    public static void WriteInto(RootCommand root)
    {
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { Action: HelpAction generated } help)
        {
            help.Action = new Page(generated);
        }
    }

    private sealed class Page(HelpAction generated) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var status = generated.Invoke(parseResult);
            var more = parseResult.CommandResult.Command switch
            {
                RootCommand => OfTheProgram,
                Verb verb => verb.More,
                _ => "",
            };
            if (more.Length > 0)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(more.TrimEnd());
                parseResult.InvocationConfiguration.Output.WriteLine();
            }

            return status;
        }
    }
}
