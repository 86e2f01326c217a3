using Commissaire.Benchmarks;

// Each figure is printed with a floor from the same run: the same work on the same machine without Commissaire.
string[] all = ["get-host", "put-host", "cold-start", "restart", "big-run", "big-fleet", "outage", "login"];
var wanted = args is ["all"] or [] ? all : args;
if (args is ["floor", var usersFile, var port])
{
    return await FloorServer.Run(usersFile, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
}

if (wanted.Except(all).Any())
{
    Console.Error.WriteLine($"Usage: Commissaire.Benchmarks all | {string.Join(" | ", all)}");
    return 2;
}

using var work = new WorkDirectory();
Console.WriteLine($"{"",-12} {"commissaire",16} {"floor",16} {"ratio",8}");
foreach (var name in wanted)
{
    await (name switch
    {
        "get-host" => GetHost.Run(work),
        "put-host" => PutHost.Run(work),
        "restart" => Restart.Run(work),
        "big-run" => BigRun.Run(work),
        "big-fleet" => BigFleet.Run(work),
        "outage" => Outage.Run(work),
        "login" => LoginUnderAttack.Run(work),
        _ => ColdStart.Run(work),
    });
}

return 0;
