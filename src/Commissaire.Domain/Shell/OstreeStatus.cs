using System.Text.Json;
using static Commissaire.Shell.ImageStatus;

namespace Commissaire.Shell;

/// <summary>
/// Reads <c>rpm-ostree status --json</c> (rpm-ostree(1)): the deployments in the order of the boot loader, the first one being that of the
/// next boot.
/// </summary>
internal static class OstreeStatus
{
    public static HostImages? Read(JsonElement root)
    {
        if (Property(root, "deployments") is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        JsonElement[] all = [.. list.EnumerateArray()];
        var at = Array.FindIndex(all, deployment => Is(deployment, "booted"));
        if (at < 0 || Deployment(all[at]) is not { } booted)
        {
            return null;
        }

        var previous = all.Skip(at + 1).FirstOrDefault(each => Text(each, "osname") == Text(all[at], "osname"));
        var rollback = previous.ValueKind == JsonValueKind.Object ? Deployment(previous) : null;
        return at == 0 ? new HostImages(booted, null, rollback)
            : Deployment(all[0]) is not { } next ? null
            : IsOlder(all[0]) ? new HostImages(booted, null, next) { RollbackQueued = true }
            : new HostImages(booted, next, rollback);
    }

    // Releases that do not stage have no such field, and list what they installed first.
    private static bool IsOlder(JsonElement deployment) => Property(deployment, "staged") is { ValueKind: JsonValueKind.False };

    private static ImageVersion? Deployment(JsonElement deployment)
    {
        if (Text(deployment, "checksum") is not { } commit || !ImageVersion.IsCommitText(commit))
        {
            return null;
        }

        var origin = Text(deployment, "container-image-reference") ?? Text(deployment, "origin");
        return new ImageVersion(origin is not null && ImageVersion.IsReferenceText(origin) ? origin : commit, commit)
        {
            Version = ImageStatus.Version(deployment),
            Base = Text(deployment, "base-checksum") is { } layered && layered != commit && ImageVersion.IsCommitText(layered)
                ? layered
                : null,
        };
    }
}
