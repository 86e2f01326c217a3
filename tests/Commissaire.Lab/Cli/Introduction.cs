using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes;

namespace Commissaire.Lab.Cli;

/// <summary>Prints how to use a lab that has just started.</summary>
internal static class Introduction
{
    public static void Print(LabEnvironment lab, IReadOnlyList<LabHost> hosts, LabKubernetes? kubernetes)
    {
        Console.WriteLine(Row("ADDRESS", "PORT", "OS", "HOST KEY"));
        foreach (var host in hosts)
        {
            Console.WriteLine(Row($"{host.Address}", $"{host.Port}", $"{host.Os}", host.HostKey.Fingerprint));
        }

        if (kubernetes is not null)
        {
            Print(kubernetes);
        }

        Console.WriteLine($"""

            Key, for root and core (who can use sudo): {lab.PrivateKeyPath}
            """);
        if (hosts.Count > 0)
        {
            PrintExamples(lab, hosts[0]);
        }

        Console.WriteLine("""

            Press Ctrl-C to stop all hosts and remove their files.
            """);
    }

    private static void Print(LabKubernetes kubernetes) => Console.WriteLine($"""

        Kubernetes: {kubernetes.Url}
          token    {kubernetes.Token}
          ca file  {kubernetes.CaPath}
          curl --cacert {kubernetes.CaPath} -H 'Authorization: Bearer {kubernetes.Token}' {kubernetes.Url}/api/v1/nodes
        """);

    private static void PrintExamples(LabEnvironment lab, LabHost host) => Console.WriteLine($$"""

        Log in:
          ssh -i {{lab.PrivateKeyPath}} -o UserKnownHostsFile={{LabFile.KnownHostsIn(lab.Directory)}} -p {{host.Port}} core@{{host.Address}}

        Register it with Commissaire:
          commctl host create --port {{host.Port}} --remote-user core {{host.Address}} {{lab.PrivateKeyPath}}

        Show the commands it received:
          dotnet run --project tests/Commissaire.Lab -- log {{host.Address}} --dir {{lab.Directory}}
        """);

    private static string Row(string address, string port, string os, string key) => $"{address,-15}  {port,-5}  {os,-9}  {key}";
}
