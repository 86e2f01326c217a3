using System.Text.Json;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Images, and the status that bootc prints about them.</summary>
internal static class ImageSamples
{
    public const string OldDigest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    public const string NewDigest = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

    public static ImageVersion Old { get; } = new("quay.io/acme/os:stable", OldDigest) { Version = "42.1" };

    public static ImageVersion New { get; } = new("quay.io/acme/os:stable", NewDigest) { Version = "42.2" };

    /// <summary>The status of a host, as <c>bootc status --format json</c> prints it.</summary>
    public static string Status(
        ImageVersion? booted, ImageVersion? staged = null, ImageVersion? rollback = null, bool rollbackQueued = false) =>
        $$$"""
        {"apiVersion":"org.containers.bootc/v1","kind":"BootcHost","metadata":{"name":"host"},
        "spec":{"image":{"image":"{{{(staged ?? booted)?.Image}}}","transport":"registry"},"bootOrder":"default"},
        "status":{"staged":{{{Entry(staged)}}},"booted":{{{Entry(booted)}}},"rollback":{{{Entry(rollback)}}},
        "rollbackQueued":{{{(rollbackQueued ? "true" : "false")}}},"type":"bootcHost"}}
        """;

    /// <summary>The output of staging.</summary>
    public static string Staged(ImageVersion booted, ImageVersion? staged) =>
        $"layers needed: 5 (52.1 MB)\n\n== bootc\n{Status(booted, staged)}\n";

    private static string Entry(ImageVersion? image) => image is null ? "null" : $$$"""
        {"image":{"image":{"image":"{{{image.Image}}}","transport":"{{{image.Transport ?? "registry"}}}"},
        "version":{{{JsonSerializer.Serialize(image.Version)}}},"timestamp":"2026-01-05T00:00:00Z","imageDigest":"{{{image.Digest}}}"},
        "cachedUpdate":null,"incompatible":false,"pinned":false,"ostree":{"checksum":"abc","deploySerial":0}}
        """;
}
