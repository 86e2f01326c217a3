using System.Collections.Concurrent;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Benchmarks;

/// <summary>Hosts that answer and reboot immediately.</summary>
internal sealed class SimulatedHosts : IRemoteShell
{
    private static readonly HostKey Key = new("ssh-ed25519", "SHA256:" + new string('k', 43));
    private readonly ConcurrentDictionary<HostAddress, Guid> _boots = new();

    public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        await Task.Yield();
        var boot = _boots.GetOrAdd(target.Address, _ => Guid.NewGuid());
        if (command == Investigation.Command)
        {
            return new ShellOutcome.Completed(0, $"""
                == boot_id
                {boot}
                == kernel
                6.1
                == cpus
                4
                == memory
                MemTotal:       16000000 kB
                == ostree
                == os-release
                ID=fedora
                VERSION_ID=42

                == space
                Filesystem 1024-blocks Used Available Capacity Mounted on
                /dev/vda1 52000000 1 2 3% /
                """, "", Key);
        }

        if (command.ToString().Contains("systemctl reboot", StringComparison.Ordinal))
        {
            _boots[target.Address] = Guid.NewGuid();
            return new ShellOutcome.Interrupted("it went down");
        }

        // The health check and the look after a reboot print the boot ID first.
        return new ShellOutcome.Completed(0, boot.ToString(), "", Key);
    }
}
