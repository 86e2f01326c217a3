using System.CommandLine;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Cli;

/// <summary><c>log</c>: the commands that a host of a running lab received.</summary>
internal static class LogCommand
{
    public static Command Create()
    {
        var host = new Argument<string>("host") { Description = "The host's address" };
        var directory = new Option<string>("--dir") { Description = "The lab's directory", Required = true };
        var command = new Command("log", "Print the commands that a host received: when, as which user, and who ran sudo.")
        {
            host, directory,
        };
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                await Print(parsed.GetRequiredValue(host), parsed.GetRequiredValue(directory), ct);
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

    private static async Task Print(string address, string directory, CancellationToken ct)
    {
        var lab = await LabFile.Read(directory, ct);
        var host = lab.Hosts.FirstOrDefault(known => known.Address == address)
            ?? throw new LabException(
                $"No host has the address {address}. Hosts: {string.Join(", ", lab.Hosts.Select(known => known.Address))}.");
        foreach (var told in LabCommand.ReadLog(host.CommandLogPath))
        {
            var user = told.SudoUser is "" ? told.User : $"{told.User} for {told.SudoUser}";
            Console.WriteLine($"{told.At:HH:mm:ss.fff}  {user,-13}  {told}");
        }
    }
}
