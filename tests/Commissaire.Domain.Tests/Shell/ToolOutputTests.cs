using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>What the output of package managers, sudo and other tools tells.</summary>
public sealed class ToolOutputTests
{
    private static readonly HostKey Key = new("ssh-ed25519", "SHA256:k");

    [Theory]
    [InlineData("E: Unable to locate package docker.io\nE: Couldn't find any package by glob 'docker.io'",
        "E: Unable to locate package docker.io")]
    [InlineData("W: An error occurred during the signature verification.\n"
        + "E: Failed to fetch http://x  Temporary failure\nE: Some index files failed",
        "E: Failed to fetch http://x  Temporary failure")]
    [InlineData("dpkg: error processing package foo (--configure):\n"
        + " installed foo package post-installation script returned error exit status 1\n"
        + "Errors were encountered while processing:\n foo\nE: Sub-process /usr/bin/dpkg returned an error code (1)",
        "dpkg: error processing package foo (--configure): installed foo package post-installation script returned error exit status 1")]
    [InlineData("No match for argument: docker\nError: Unable to find a match: docker", "No match for argument: docker")]
    [InlineData("Errors during downloading metadata for repository 'fedora':\n"
        + "  - Curl error (6): Couldn't resolve host name\nError: Failed to download",
        "Errors during downloading metadata for repository 'fedora': Curl error (6): Couldn't resolve host name")]
    [InlineData("Error: \n Problem: package a requires b, but none of the providers can be installed\n(try to add '--skip-broken')",
        "Error: Problem: package a requires b, but none of the providers can be installed")]
    [InlineData("Failed to resolve the transaction:\nNo match for argument: docker\nYou can try to add to command line:\n"
        + "  --skip-unavailable",
        "Failed to resolve the transaction: No match for argument: docker")]
    [InlineData("Loaded plugins: fastestmirror\nNo package docker available.\nError: Nothing to do", "No package docker available.")]
    [InlineData("warning: something\nerror: unpacking of archive failed on file /x: cpio: write failed - No space left on device\nhints",
        "error: unpacking of archive failed on file /x: cpio: write failed - No space left on device")]
    [InlineData("[WARNING Swap]: on\nerror execution phase preflight: [preflight] Some fatal errors occurred:\n"
        + "\t[ERROR Port-10250]: in use\n[preflight] If you know what you are doing",
        "error execution phase preflight: [preflight] Some fatal errors occurred: [ERROR Port-10250]: in use")]
    [InlineData("Job for docker.service failed because the control process exited with error code.\n"
        + "See \"systemctl status docker.service\".",
        "Job for docker.service failed because the control process exited with error code.")]
    [InlineData("cat: /x: No space left on device\nbye", "cat: /x: No space left on device")]
    [InlineData("Traceback (most recent call last):\n  File \"x\"\nValueError: Error: bad", "ValueError: Error: bad")]
    [InlineData("hm\nthe last line\nsudo: unable to resolve host web: Name or service not known", "the last line")]
    [InlineData("", "")]
    public void The_reason_is_the_line_that_names_the_cause(string error, string cause) =>
        Assert.Equal(cause, ToolError.Cause("unrelated output", error));

    [Fact]
    public void A_cause_on_standard_output_is_found() => Assert.Equal("Error: no", ToolError.Cause("x\nError: no\ny", ""));

    [Theory]
    [InlineData("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 17 (unattended-upgr)",
        "process 17 (unattended-upgr)")]
    [InlineData("E: Could not get lock /var/lib/dpkg/lock - open (11: Resource temporarily unavailable)", "another program")]
    [InlineData("E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
        "another program")]
    [InlineData("dpkg: error: dpkg frontend lock was locked by another process with pid 18", "process 18")]
    [InlineData("dpkg: error: dpkg status database is locked by another process", "another program")]
    [InlineData("Existing lock /var/run/yum.pid: another copy is running as pid 3278.", "process 3278")]
    [InlineData("Another app is currently holding the yum lock; waiting for it to exit...", "another program")]
    [InlineData("Waiting for process with pid 6150 to finish.", "process 6150")]
    [InlineData("Transaction failed: Failed to obtain rpm transaction lock. Another transaction is in progress.", "another program")]
    [InlineData("Error: Failed to obtain the transaction lock (logged in as: root).", "another program")]
    [InlineData("error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)", "another program")]
    [InlineData("error: Transaction in progress: upgrade --unchanged-exit-77", "another transaction (upgrade --unchanged-exit-77)")]
    public void A_busy_package_manager_is_recognised_with_the_holder(string error, string holder)
    {
        Assert.Equal($"the package manager is busy: {holder} holds its lock ({error})", PackageLock.Holder(Exit(1, "", "note\n" + error)));
        Assert.NotNull(PackageLock.Holder(Exit(1, error, "")));
        Assert.Null(PackageLock.Holder(Exit(0, error, error)));
    }

    [Theory]
    [InlineData("E: Could not get lock /var/lib/dpkg/lock - open (13: Permission denied)")]
    [InlineData("E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)")]
    [InlineData("E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?")]
    [InlineData("error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Permission denied)")]
    [InlineData("post-installation script: Could not get lock of the database")]
    [InlineData("E: Unable to locate package docker.io")]
    public void Other_failures_are_not_taken_for_a_lock(string error) => Assert.Null(PackageLock.Holder(Exit(100, "", error)));

    [Theory]
    [InlineData("W: Failed to fetch http://x  Could not resolve 'x'\nReading package lists...", "reached: W: Failed to fetch http://x")]
    [InlineData("Failed to download metadata for repo 'x': y\nIgnoring repositories: x\nDependencies resolved.\nNothing to do.\nComplete!",
        "skipped")]
    [InlineData("Updating and loading repositories:\n>>> Curl error (6): Could not resolve hostname\n"
        + ">>> Usable URL not found\nRepositories loaded.\n"
        + "Nothing to do.", "skipped because it could not be reached: >>> Curl error (6)")]
    [InlineData("Errors during downloading metadata for repository 'x':\n  - Curl error (6): Couldn't resolve host name\n"
        + "Error: Failed to download metadata for repo 'x'\nIgnoring repositories: x\nNothing to do.\nComplete!",
        "repository 'x': Curl error (6): Couldn't resolve host name")]
    [InlineData("http://x/repomd.xml: [Errno 14] curl#6 - \"Could not resolve host\"\nTrying other mirror.\nNo packages marked for update",
        "[Errno 14]")]
    [InlineData("Could not retrieve mirrorlist http://x error was\n14: curl#6\nNo packages marked for update",
        "Could not retrieve mirrorlist")]
    [InlineData("There are no enabled repos.\n Run \"yum repolist all\"", "no package repository is enabled")]
    [InlineData("This system is not registered.\nThere are no enabled repositories in \"/etc/yum.repos.d\".",
        "no package repository is enabled")]
    public void A_success_that_reached_no_repository_is_a_failure(string output, string problem) =>
        Assert.Contains(problem, PackageResult.Problem(Exit(0, output, "")), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://x/a.rpm: [Errno 14] HTTP Error 404\nTrying other mirror.\nUpgrade  3 Packages\nComplete!")]
    [InlineData(">>> Status code: 404 for https://mirror\nUpgrading: 2 packages\nComplete!")]
    [InlineData("Hit:1 http://x\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")]
    [InlineData("Dependencies resolved.\nNothing to do.\nComplete!")]
    [InlineData("No upgrade available.")]
    [InlineData("")]
    public void A_success_is_believed_otherwise(string output) => Assert.Null(PackageResult.Problem(Exit(0, output, "")));

    [Theory]
    [InlineData("No match for argument: docker\nNothing to do.\nComplete!", "the package was not found: No match for argument: docker")]
    [InlineData("No package docker available.\nNothing to do", "the package was not found: No package docker available.")]
    [InlineData("There are no enabled repos.", "no package repository is enabled: There are no enabled repos.")]
    [InlineData("Complete!", null)]
    public void An_installation_that_found_no_package_is_a_failure(string output, string? problem) =>
        Assert.Equal(problem, PackageResult.NotInstalled(Exit(0, output, "")));

    [Theory]
    [InlineData("12 upgraded, 3 newly installed, 1 to remove and 0 not upgraded.", "16 packages changed")]
    [InlineData("1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.", "1 package changed")]
    [InlineData("1 upgraded, 0 newly installed, 2 downgraded, 0 to remove and 0 not upgraded.", "3 packages changed")]
    [InlineData("The following packages have been kept back:\n  linux-image-amd64 docker.io\n"
        + "0 upgraded, 0 newly installed, 0 to remove and 2 not upgraded.",
        "0 packages changed; 2 kept back: linux-image-amd64 docker.io")]
    [InlineData("Transaction Summary\n====\nInstall   1 Package\nUpgrade  12 Packages\n\nComplete!", "13 packages changed")]
    [InlineData("Install  1 Package  (+2 Dependent packages)\nUpgrade  4 Packages", "7 packages changed")]
    [InlineData("Transaction Summary:\n Installing:        1 package\n Upgrading:        12 packages\n Replacing:        12 packages",
        "13 packages changed")]
    [InlineData("Dependencies resolved.\nNothing to do.\nComplete!", "0 packages changed")]
    [InlineData("No packages marked for update", "0 packages changed")]
    [InlineData("No upgrade available.", "0 packages changed")]
    [InlineData("Staging deployment... done\nUpgraded:\n  bash 5.1-1 -> 5.1-2\nAdded:\n  foo-1.0-1.fc42.x86_64\n"
        + "Run \"systemctl reboot\" to start a reboot",
        "a new deployment is staged; 2 packages changed")]
    [InlineData("Staging deployment... done", "a new deployment is staged")]
    [InlineData("Upgrade  4 Packages\nSkip     2 Packages", "4 packages changed; 2 skipped")]
    [InlineData("something else", null)]
    public void The_number_of_changed_packages_is_read(string output, string? summary) =>
        Assert.Equal(summary, PackageResult.Summary(Exit(0, output, "")));

    [Theory]
    [InlineData("sudo: a password is required", "user 'core' may not run commands as root without a password")]
    [InlineData("sudo: a terminal is required to read the password; either use the -S option\nsudo: a password is required",
        "without a password")]
    [InlineData("sudo: interactive authentication is required", "without a password")]
    [InlineData("sudo: sorry, you must have a tty to run sudo", "requires a terminal")]
    [InlineData("core is not in the sudoers file.  This incident will be reported.", "sudoers does not allow it")]
    [InlineData("Sorry, user core is not allowed to execute '/bin/sh -c x' as root on web.", "sudoers does not allow it")]
    [InlineData("sudo: account validation failure, is your account locked?", "rejected the account")]
    [InlineData("sudo: parse error in /etc/sudoers near line 3\nsudo: no valid sudoers sources found, quitting", "does not work")]
    [InlineData("sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set", "does not work")]
    [InlineData("bash: line 1: sudo: command not found", "sudo is not installed")]
    [InlineData("sh: 1: sudo: not found", "sudo is not installed")]
    [InlineData("zsh:1: command not found: sudo", "sudo is not installed")]
    [InlineData("fish: Unknown command: sudo", "sudo is not installed")]
    [InlineData("sudo: Command not found.", "sudo is not installed")]
    [InlineData("sudo: unable to resolve host web: Name or service not known\nsudo: a password is required", "without a password")]
    [InlineData("sudo: something new", "user 'core' cannot become root (sudo: something new)")]
    [InlineData("", "user 'core' cannot become root: sudo printed nothing")]
    public void The_refusal_of_sudo_is_explained(string output, string reason) =>
        Assert.Contains(reason, SudoRefusal.Explain(output + "\n", "core"), StringComparison.Ordinal);

    private static ShellOutcome.Completed Exit(int status, string output, string error) => new(status, output, error, Key);
}
