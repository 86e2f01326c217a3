using System.CommandLine;
using System.Globalization;
using System.Net;
using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes;

namespace Commissaire.Lab.Cli;

/// <summary><c>up</c>: starts hosts, prints how to reach them, and stops them when it receives a signal.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var count = new Argument<int?>("count")
        {
            Description = "The number of hosts; by default as many as --os names",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var os = new Option<LabOs[]>("--os")
        {
            Description = $"Their distributions, in turn: a list of {string.Join(", ", LabOs.All)}",
            CustomParser = result =>
                [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(name => Os(name, result.AddError))],
            DefaultValueFactory = _ => [LabOs.Fedora],
            HelpName = "os,os,…",
        };
        var port = new Option<int>("--port") { Description = "Their SSH port", DefaultValueFactory = _ => new LabOptions().Port };
        var directory = new Option<string?>("--dir")
        {
            Description = "The directory of their files, with lab.json once all are up; a temporary directory by default",
        };
        var baseAddress = new Option<IPAddress>("--base-address")
        {
            Description = "The first address to try; hosts get the free addresses from it on",
            CustomParser = result => Address(result.Tokens[0].Value, result.AddError),
            DefaultValueFactory = _ => new LabOptions().BaseAddress,
        };
        var packageDelay = Durations.Option("--package-delay", "How long their package managers take", TimeSpan.Zero);
        var rebootDelay = Durations.Option("--reboot-delay", "How long they are down in a reboot", new Reboot().Away);
        var needReboot = new Option<bool>("--upgrades-need-reboot") { Description = "Make package upgrades require a reboot" };
        var kubernetes = new Option<bool>("--kubernetes") { Description = "Also start a Kubernetes API that has the hosts as nodes" };
        var untilStdin = new Option<bool>("--until-stdin-closes") { Description = "Also end when standard input is closed" };

        var command = new Command("up", "Start hosts and keep them until Ctrl-C or SIGTERM; then remove them.")
        {
            count, os, port, directory, baseAddress, packageDelay, rebootDelay, needReboot, kubernetes, untilStdin,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var systems = parsed.GetRequiredValue(os);
            var options = new LabOptions
            {
                Directory = parsed.GetValue(directory),
                Port = parsed.GetRequiredValue(port),
                BaseAddress = parsed.GetRequiredValue(baseAddress),
                PackageDelay = parsed.GetRequiredValue(packageDelay),
            };
            var hosts = Enumerable.Range(0, parsed.GetValue(count) ?? systems.Length).Select(number => new LabHostOptions
            {
                Os = systems[number % systems.Length],
                Reboot = new Reboot { Away = parsed.GetRequiredValue(rebootDelay) },
                UpgradesNeedReboot = parsed.GetValue(needReboot),
            });
            try
            {
                await Up(options, hosts, parsed.GetValue(kubernetes), parsed.GetValue(untilStdin), ct);
                return 0;
            }
            catch (LabException failure)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task Up(
        LabOptions options, IEnumerable<LabHostOptions> wanted, bool withKubernetes, bool untilStdinCloses, CancellationToken ct)
    {
        try
        {
            await LabEnvironment.EnsurePrerequisites(ct);
            await using var lab = await LabEnvironment.Start(options, ct);
            var hosts = await Task.WhenAll(wanted.Select(host => lab.AddHost(host, ct)).ToList());
            await using var kubernetes = withKubernetes
                ? await LabKubernetes.Start(new LabKubernetesOptions { Directory = lab.KubernetesDirectory }, ct)
                : null;
            foreach (var host in hosts)
            {
                kubernetes?.AddKubelet(host);
            }

            await LabFile.Write(lab, hosts, kubernetes, ct);
            Introduction.Print(lab, hosts, kubernetes);
            await Task.WhenAny(Task.Delay(Timeout.Infinite, ct), untilStdinCloses ? Drain(ct) : Task.Delay(Timeout.Infinite, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
    }

    private static async Task Drain(CancellationToken ct)
    {
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null, ct);
    }

    private static LabOs Os(string name, Action<string> refuse)
    {
        if (LabOs.TryParse(name, CultureInfo.InvariantCulture, out var os))
        {
            return os;
        }

        refuse($"'{name}' is not a known distribution. Use one of {string.Join(", ", LabOs.All)}.");
        return LabOs.Fedora;
    }

    private static IPAddress? Address(string text, Action<string> refuse)
    {
        if (IPAddress.TryParse(text, out var address) && IPAddress.IsLoopback(address) && address.GetAddressBytes().Length == 4)
        {
            return address;
        }

        refuse($"'{text}' is not a loopback address (127.0.0.0/8).");
        return null;
    }
}
