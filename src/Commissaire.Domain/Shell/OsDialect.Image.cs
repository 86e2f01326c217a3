namespace Commissaire.Shell;

/// <content>Systems that are an image which the next boot replaces: bootc and rpm-ostree.</content>
public sealed partial record OsDialect
{
    /// <summary>The mark before the status that ends the output of staging.</summary>
    private const string StatusMark = "== bootc";

    // The status says what the next boot starts, whatever the tool printed.
    private const string BootcUpgrade = $$"""
        bootc upgrade || exit
        echo; echo '{{StatusMark}}'; exec bootc status --format json
        """;

    // bootc does not look for a newer image if the host follows the reference already.
    private const string BootcSwitch = $$"""
        said="$(bootc switch "$@" 2>&1)"; status=$?
        if [ "$status" -ne 0 ]; then printf '%s\n' "$said" >&2; exit "$status"; fi
        printf '%s\n' "$said"
        case $said in *'specification is unchanged'*) bootc upgrade || exit ;; esac
        echo; echo '{{StatusMark}}'; exec bootc status --format json
        """;

    // A second rollback would undo the first.
    private const string BootcRollback = """
        status="$(bootc status --format json)" || exit
        case $status in *'"rollbackQueued":true'*|*'"rollbackQueued": true'*) echo 'The rollback is queued already.'; exit ;; esac
        exec bootc rollback
        """;

    private const string OstreeRebootNeeded = """
        said="$(rpm-ostree status --json 2>&1)" && { printf '%s\n' "$said"; exit; }
        status=$?
        printf '%s\n' "$said"
        echo "cannot tell: 'rpm-ostree status' ended with status $status"
        """;

    /// <summary>Prints the images without staging any, in the form that <see cref="ReadImages"/> reads.</summary>
    public static ShellCommand StagedStatus { get; } = ShellCommand.Script($"""
        echo; echo '{StatusMark}'; exec bootc status --format json
        """) with
    {
        ByHand = "bootc status",
    };

    /// <summary>Whether changes are staged for the next boot, and do not touch the running system.</summary>
    public bool Stages => Deploy is not null;

    /// <summary>Whether <see cref="BootedStatus"/> proves an upgrade too. rpm-ostree proves deployed versions only.</summary>
    public bool ProvesUpgrades { get; init; }

    /// <summary>
    /// Makes the previous image that of the next boot; null if the system cannot. Running it twice is harmless.
    /// </summary>
    public ShellCommand? Rollback { get; init; }

    /// <summary>Prints the booted deployment or image as JSON.</summary>
    public ShellCommand BootedStatus { get; init; } = ShellCommand.Of("rpm-ostree", "status", "--booted", "--json");

    /// <summary>Why a version cannot be deployed; null if it can.</summary>
    public Func<string, string?> DeployProblem { get; init; } = _ => null;

    /// <summary>Reads the images in the status at the end of the output of staging; null if there are none.</summary>
    public static HostImages? ReadImages(string output) => MarkIn(output) is { } mark ? BootcStatus.Read(output[mark..]) : null;

    /// <summary>The output of staging without the status at its end.</summary>
    public static string WithoutStatus(string output) => MarkIn(output) is { } mark ? output[..mark] : output;

    private static int? MarkIn(string output) =>
        output.LastIndexOf($"\n{StatusMark}\n", StringComparison.Ordinal) is >= 0 and var mark ? mark : null;

    private static OsDialect Ostree(string os) => new()
    {
        Os = os,
        Upgrade = ShellCommand.Of("rpm-ostree", "upgrade"),
        Deploy = version => ShellCommand.Of("rpm-ostree", "deploy", version),
        RebootNeeded = ShellCommand.Script(OstreeRebootNeeded) with { ByHand = "rpm-ostree status" },
    };

    // A host without a registry, such as one installed from a disk, switches with the transport of its image.
    private static OsDialect Image(string os, ImageVersion booted) => new()
    {
        Os = os,
        Upgrade = ShellCommand.Script(BootcUpgrade) with { ByHand = "bootc upgrade" },
        Deploy = version =>
        {
            var reference = booted.Resolve(version) ?? throw new ArgumentException(NotAnImage(version), nameof(version));
            string[] words = [.. booted.Transport is { } transport ? (string[])["--transport", transport] : [], reference];
            return ShellCommand.Script(BootcSwitch, [.. words]) with { ByHand = ShellCommand.Of(["bootc", "switch", .. words]).ToString() };
        },
        DeployProblem = version => booted.Resolve(version) is null ? NotAnImage(version) : null,
        RebootNeeded = ShellCommand.Of("bootc", "status", "--format", "json"),
        BootedStatus = ShellCommand.Of("bootc", "status", "--format", "json"),
        ProvesUpgrades = true,
        Rollback = ShellCommand.Script(BootcRollback) with { ByHand = "bootc rollback" },
    };

    private static string NotAnImage(string version) =>
        $"'{OutsideText.Start(version, 100)}' is no image: give a full reference (registry/name:tag), or a tag or digest of the booted "
        + "image";
}
