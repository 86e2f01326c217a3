namespace Commissaire.Shell;

/// <content>Systems that are an image which the next boot replaces: bootc and rpm-ostree.</content>
public sealed partial record OsDialect
{
    /// <summary>The mark before the status that ends the output of staging.</summary>
    private const string StatusMark = "== images";

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

    // The metadata of a deployment that was made from a container are hundreds of kilobytes in a few lines, which nothing here needs.
    private const string OstreeStatus = """
        said="$(rpm-ostree status --json)" || exit
        printf '%s\n' "$said" | sed '/.\{4096\}/d'
        """;

    // The status says what the next boot starts, whatever the tool printed.
    private const string OstreeStage = $$"""
        rpm-ostree "$@" || exit
        echo; echo '{{StatusMark}}'
        {{OstreeStatus}}
        """;

    // rpm-ostree makes the previous deployment the first one; if the booted one is not the first, it makes that the first again.
    private const string OstreeRollback = """
        said="$(rpm-ostree status --json)" || exit
        case $(printf '%s\n' "$said" | grep -o '"booted" *: *[a-z]*' | head -n 1) in
          *true) exec rpm-ostree rollback ;;
          *false) echo 'The rollback is queued already.' ;;
          *) echo 'rpm-ostree lists no deployment' >&2; exit 1 ;;
        esac
        """;

    private const string OstreeRebootNeeded = """
        said="$(rpm-ostree status --json 2>&1)" && { printf '%s\n' "$said" | sed '/.\{4096\}/d'; exit; }
        status=$?
        printf '%s\n' "$said"
        echo "cannot tell: 'rpm-ostree status' ended with status $status"
        """;

    /// <summary>Whether changes are staged for the next boot, and do not touch the running system.</summary>
    public bool Stages => Deploy is not null;

    /// <summary>Prints the images without staging any, in the form that <see cref="ReadImages"/> reads; null without images.</summary>
    public ShellCommand? StagedStatus { get; init; }

    /// <summary>Makes the previous image that of the next boot; null without images. Running it twice is harmless.</summary>
    public ShellCommand? Rollback { get; init; }

    /// <summary>Prints the images in the form that <see cref="ImageStatus.Read"/> reads; null without images.</summary>
    public ShellCommand? BootedStatus { get; init; }

    /// <summary>Why a version cannot be deployed; null if it can.</summary>
    public Func<string, string?> DeployProblem { get; init; } = _ => null;

    /// <summary>Reads the images in the status at the end of the output of staging; null if there are none.</summary>
    public static HostImages? ReadImages(string output) => MarkIn(output) is { } mark ? ImageStatus.Read(output[mark..]) : null;

    /// <summary>The output of staging without the status at its end.</summary>
    public static string WithoutStatus(string output) => MarkIn(output) is { } mark ? output[..mark] : output;

    private static int? MarkIn(string output) =>
        output.LastIndexOf($"\n{StatusMark}\n", StringComparison.Ordinal) is >= 0 and var mark ? mark : null;

    private static OsDialect Ostree(string os) => new()
    {
        Os = os,
        Upgrade = ShellCommand.Script(OstreeStage, "upgrade") with { ByHand = "rpm-ostree upgrade" },
        Deploy = version => ShellCommand.Script(OstreeStage, "deploy", version) with
        {
            ByHand = ShellCommand.Of("rpm-ostree", "deploy", version).ToString(),
        },
        RebootNeeded = ShellCommand.Script(OstreeRebootNeeded) with { ByHand = "rpm-ostree status" },
        StagedStatus = ShellCommand.Script($"echo; echo '{StatusMark}'\n{OstreeStatus}") with { ByHand = "rpm-ostree status" },
        BootedStatus = ShellCommand.Script(OstreeStatus) with { ByHand = "rpm-ostree status" },
        Rollback = ShellCommand.Script(OstreeRollback) with { ByHand = "rpm-ostree rollback" },
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
        StagedStatus = ShellCommand.Script($"echo; echo '{StatusMark}'; exec bootc status --format json") with { ByHand = "bootc status" },
        BootedStatus = ShellCommand.Of("bootc", "status", "--format", "json"),
        Rollback = ShellCommand.Script(BootcRollback) with { ByHand = "bootc rollback" },
    };

    private static string NotAnImage(string version) =>
        $"'{OutsideText.Start(version, 100)}' is no image: give a full reference (registry/name:tag), or a tag or digest of the booted "
        + "image";
}
