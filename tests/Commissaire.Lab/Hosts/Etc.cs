namespace Commissaire.Lab.Hosts;

/// <summary>A host's made-up /etc: little more than its users, its name and what sshd and sudo read.</summary>
internal static class Etc
{
    /// <summary>User and group id of <c>core</c>, one the machine is unlikely to have.</summary>
    public const int CoreId = 61000;

    private static readonly string[] OfTheMachine =
        ["ld.so.cache", "ld.so.conf", "resolv.conf", "protocols", "services", "login.defs", "ssl/openssl.cnf"];

    public static void Write(string etc, LabHostOptions options, string hostName, SshdConfig sshd)
    {
        void File(string name, string text, string mode = "rw-r--r--") => HostFiles.Write(Path.Combine(etc, name), text, mode);

        var shell = System.IO.File.Exists("/usr/bin/bash") ? "/bin/bash" : "/bin/sh";
        File("passwd", $"""
            root:x:0:0:root:/root:{shell}
            sshd:x:74:74:sshd:/var/empty:/usr/sbin/nologin
            core:x:{CoreId}:{CoreId}:core:/home/core:{shell}
            nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

            """);
        File("group", $"""
            root:x:0:
            tty:x:5:
            wheel:x:10:core
            sshd:x:74:
            core:x:{CoreId}:
            nogroup:x:65534:

            """);
        File("shadow", """
            root:*:20000::::::
            sshd:*:20000::::::
            core:*:20000::::::
            nobody:*:20000::::::

            """, "rw-------");
        File("nsswitch.conf", """
            passwd: files
            group: files
            shadow: files
            hosts: files dns
            services: files
            protocols: files

            """);
        File("hostname", hostName + "\n");
        File("hosts", $"127.0.0.1 localhost\n::1 localhost\n{sshd.Address} {hostName}\n");
        File("machine-id", Guid.NewGuid().ToString("n") + "\n");
        File("shells", "/bin/sh\n/bin/bash\n");
        File("profile", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\n");
        File("ssh/sshd_config", sshd.ToString());
        File("sudoers", Sudoers(options.Sudo), "r--r-----");
        WritePam(File);

        foreach (var name in OfTheMachine.Where(name => System.IO.File.Exists("/etc/" + name)))
        {
            File(name, "");
            System.IO.File.Copy("/etc/" + name, Path.Combine(etc, name), overwrite: true);
        }

        System.IO.File.CreateSymbolicLink(Path.Combine(etc, "localtime"), "/usr/share/zoneinfo/UTC");
        System.IO.File.CreateSymbolicLink(Path.Combine(etc, "mtab"), "/proc/mounts");
        if (!options.Os.IsDebianLike)
        {
            Directory.CreateDirectory(Path.Combine(etc, "sysconfig"));
        }
    }

    private static string Sudoers(SudoRule rule) =>
        $"""
        Defaults env_reset
        Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        {(rule is SudoRule.NoPasswordFromTerminal ? "Defaults requiretty" : "")}
        root ALL=(ALL:ALL) ALL
        {(rule is SudoRule.None ? "" : "core ALL=(ALL:ALL) NOPASSWD: ALL")}
        @includedir /etc/sudoers.d

        """;

    private static void WritePam(Action<string, string, string> file)
    {
        file("pam.d/sshd", """
            auth required pam_deny.so
            account required pam_nologin.so
            account required pam_permit.so
            password required pam_deny.so
            session required pam_permit.so

            """, "rw-r--r--");
        foreach (var service in (string[])["sudo", "sudo-i", "other"])
        {
            file("pam.d/" + service, """
                auth required pam_deny.so
                account required pam_permit.so
                password required pam_deny.so
                session required pam_permit.so

                """, "rw-r--r--");
        }
    }
}
