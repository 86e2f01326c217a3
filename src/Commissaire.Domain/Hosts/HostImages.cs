using System.Text.Json.Serialization;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>The images of a host whose system is one: a bootable container (bootc) or an ostree (rpm-ostree).</summary>
/// <param name="Booted">The image that runs.</param>
/// <param name="Staged">The image of the next boot; null if that is the booted image, or the previous one.</param>
/// <param name="Rollback">The image of the boot before; null if there is none.</param>
public sealed record HostImages(ImageVersion Booted, ImageVersion? Staged, ImageVersion? Rollback)
{
    /// <summary>Whether the next boot returns to <see cref="Rollback"/>.</summary>
    public bool RollbackQueued { get; init; }

    /// <summary>The image of the next boot.</summary>
    [JsonIgnore]
    public ImageVersion Next => Staged ?? (RollbackQueued && Rollback is { } previous ? previous : Booted);

    /// <summary>Whether the next boot starts another image than the booted one.</summary>
    [JsonIgnore]
    public bool NeedsReboot => Staged is not null || RollbackQueued;
}
