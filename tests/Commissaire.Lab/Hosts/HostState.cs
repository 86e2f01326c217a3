namespace Commissaire.Lab.Hosts;

/// <summary>The state of the stand-ins of a host, kept in files in its <c>/var/lib/lab</c>.</summary>
internal sealed class HostState(HostFiles files, LabHostOptions options)
{
    private const string Image = "registry.lab.example/fleet/os:stable";
    private const string YumJournal = "var/lib/yum/transaction-all.2026-01-01.12:00.00";

    private readonly Dictionary<string, List<string>> scripts = [];

    // A deployment from an image is its reference and its version.
    public string Version => File.ReadAllText(Deployment("booted")).Split(' ')[^1];

    public void Build(TimeSpan packageDelay)
    {
        HostFiles.Write(files.State("settings"), FormattableString.Invariant($"""
            package_delay={packageDelay.TotalSeconds:0.###}
            upgrades_need_reboot={(options.UpgradesNeedReboot ? "yes" : "")}

            """));
        Plan(options.Reboot);
        HostFiles.Write(files.State("units/enabled/sshd"), "");
        HostFiles.Write(Deployment("booted"), options.Os == LabOs.Bootc ? $"{Image} {options.Version}" : options.Version);
        Offer(options.LatestVersion);
    }

    /// <summary>Stores the properties of the next reboot that the stand-ins need.</summary>
    public void Plan(Reboot reboot) =>
        HostFiles.Replace(files.State("going-down"), $"held={(reboot.HoldsShutdown ? "yes" : "")}\n");

    /// <summary>Releases a held shutdown.</summary>
    public void ReleaseShutdown() => HostFiles.Write(files.State("shutdown-released"), "");

    public void Break(LabFault fault)
    {
        HostFiles.Write(Fault(fault), "");
        switch (fault)
        {
            case LabFault.Unreachable or LabFault.Skipped:
                HostFiles.Write(files.State("lists-missing"), "");
                break;
            case LabFault.Interrupted when options.Os.Commands.Contains("yum-complete-transaction"):
                HostFiles.Write(files.InRoot(YumJournal), "");
                break;
        }
    }

    public void Mend(LabFault fault) => File.Delete(Fault(fault));

    public bool Has(LabFault fault) => File.Exists(Fault(fault));

    /// <summary>Sets the version that <c>rpm-ostree upgrade</c> and <c>bootc upgrade</c> find.</summary>
    public void Offer(string version) => HostFiles.Replace(Deployment("latest"), version);

    /// <summary>Adds a script. The newest script that matches applies.</summary>
    public void Script(string command, Behaviour behaviour)
    {
        if (!options.Os.Commands.Contains(command))
        {
            throw new LabException($"{options.Os} has no {command}; it has {string.Join(", ", options.Os.Commands)}.");
        }

        if (!scripts.TryGetValue(command, out var rules))
        {
            scripts[command] = rules = [];
        }

        rules.Insert(0, behaviour.ToShell());
        HostFiles.Replace(files.State("scripts/" + command), string.Join("el", rules) + "fi\n");
    }

    public void Unscript(string command)
    {
        scripts.Remove(command);
        File.Delete(files.State("scripts/" + command));
    }

    /// <summary>Applies a boot to the state: only enabled units run, and the staged deployment becomes the booted one.</summary>
    public void Boot(bool fallsBack)
    {
        Directory.Delete(files.State("units/active"), recursive: true);
        Directory.CreateDirectory(files.State("units/active"));
        foreach (var unit in Directory.EnumerateFiles(files.State("units/enabled")))
        {
            HostFiles.Write(files.State("units/active/" + Path.GetFileName(unit)), "");
        }

        File.Delete(files.State("needs-reboot"));
        File.Delete(files.State("stopping"));
        File.Delete(files.State("shutdown"));
        File.Delete(files.State("shutdown-released"));
        if (options.Os.IsOstree && File.Exists(Deployment("staged")))
        {
            BootStaged(fallsBack);
        }
        else if (File.Exists(Deployment("rollback-queued")))
        {
            File.Delete(Deployment("rollback-queued"));
            File.Move(Deployment("rollback"), Deployment("staged"));
            BootStaged(fallsBack: false);
        }
    }

    private void BootStaged(bool fallsBack)
    {
        if (fallsBack)
        {
            File.Move(Deployment("staged"), Deployment("rollback"), overwrite: true);
            return;
        }

        File.Move(Deployment("booted"), Deployment("rollback"), overwrite: true);
        File.Move(Deployment("staged"), Deployment("booted"));
        files.WriteOsRelease(options.Os, Version);
    }

    private string Fault(LabFault fault) => files.State($"faults/{fault}");

    private string Deployment(string name) => files.State("ostree/" + name);
}
