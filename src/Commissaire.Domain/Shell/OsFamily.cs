using System.Collections.Frozen;

namespace Commissaire.Shell;

/// <summary>Finds the dialect of systems that no test runs on: by their relatives, unless their image is managed by other means.</summary>
public static class OsFamily
{
    private const string Image = "its system is an image that is replaced as a whole";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["flatcar"] = $"{Image}, by update_engine",
        ["coreos"] = $"{Image}, by update_engine",
        ["cos"] = $"{Image}, by update_engine",
        ["opensuse-microos"] = $"{Image}, by transactional-update",
        ["opensuse-leap-micro"] = $"{Image}, by transactional-update",
        ["opensuse-aeon"] = $"{Image}, by transactional-update",
        ["opensuse-kalpa"] = $"{Image}, by transactional-update",
        ["aeon"] = $"{Image}, by transactional-update",
        ["sle-micro"] = $"{Image}, by transactional-update",
        ["sl-micro"] = $"{Image}, by transactional-update",
        ["suse-microos"] = $"{Image}, by transactional-update",
        ["talos"] = $"{Image}, by talosctl, and it has no shell",
        ["bottlerocket"] = $"{Image}, by its API",
        ["kairos"] = $"{Image}, by kairos-agent",
        ["elemental"] = $"{Image}, by elemental",
        ["k3os"] = $"{Image}, by k3s",
        ["rancheros"] = $"{Image}, by ros",
        ["ubuntu-core"] = "its packages are snaps",
        ["vyos"] = $"{Image}, by 'add system image'",
        ["endless"] = $"{Image}, by eos-updater",
        ["steamos"] = $"{Image}, by rauc",
        ["nixos"] = "its packages are declared in its configuration",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Systems whose ID_LIKE is missing, or names a relative that is not the closest.
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["ol"] = "rhel",
        ["amzn"] = "fedora",
        ["scientific"] = "rhel",
        ["cloudlinux"] = "rhel",
        ["virtuozzo"] = "rhel",
        ["raspbian"] = "debian",
        ["linuxmint"] = "ubuntu",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The supported system that another one is like; null for supported systems, for images, and for systems that are like none.
    /// </summary>
    public static string? Like(HostFacts facts) =>
        facts.Images is not null || OsDialect.Of(facts.Os) is not null || RefusedFor(facts) is not null ? null
        : Known.GetValueOrDefault(facts.Os) ?? Words(facts.OsLike).FirstOrDefault(word => OsDialect.Of(word) is not null);

    /// <summary>The reason why a host is not supported; null if it is.</summary>
    public static string? Problem(HostFacts facts)
    {
        if (OsDialect.Of(facts) is not null)
        {
            return null;
        }

        var why = RefusedFor(facts) is { } reason ? $": {reason}" : "";
        return $"operating system '{facts.Os}' is not supported{why}; supported are {string.Join(", ", OsDialect.Supported)}";
    }

    private static string? RefusedFor(HostFacts facts) =>
        OsDialect.Of(facts.Os) is not null ? null
        : Words($"{facts.Os} {facts.OsLike}").Select(word => Refused.GetValueOrDefault(word)).FirstOrDefault(reason => reason is not null);

    private static string[] Words(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
