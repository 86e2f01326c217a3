using System.Security.Cryptography;
using System.Text;
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

    /// <summary>A commit of an ostree.</summary>
    public static ImageVersion Commit { get; } = OfOstree("7.3");

    /// <summary>A version of the ostree of <see cref="Commit"/>.</summary>
    public static ImageVersion OfOstree(string version) => new(
        "fedora:fedora/42/x86_64/iot", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version))))
    {
        Version = version,
    };

    /// <summary>
    /// The status of a host, as <c>rpm-ostree status --json</c> prints it, with the deployments in the order of the boot loader.
    /// </summary>
    public static string Deployments(ImageVersion booted, params IEnumerable<ImageVersion> all) => $$"""
        {"deployments" : [{{string.Join(',', all.Select((each, at) => Deployment(each, each == booted, at == 0 && each != booted)))}}],
        "transaction" : null, "cached-update" : null}
        """;

    /// <summary>The output of staging with rpm-ostree.</summary>
    public static string StagedDeployment(ImageVersion booted, ImageVersion? staged) =>
        "Staging deployment... done\n\n== images\n"
        + $"{(staged is null ? Deployments(booted, booted) : Deployments(booted, staged, booted))}\n";

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
        $"layers needed: 5 (52.1 MB)\n\n== images\n{Status(booted, staged)}\n";

    private static string Deployment(ImageVersion image, bool booted, bool staged) => $$"""
        {"id" : "fedora-{{image.Digest}}.0", "osname" : "fedora", "origin" : "{{image.Image}}", "version" : "{{image.Version}}",
        "checksum" : "{{image.Digest}}", {{(image.Base is { } layered ? $"\"base-checksum\" : \"{layered}\"," : "")}}
        "booted" : {{(booted ? "true" : "false")}}, "staged" : {{(staged ? "true" : "false")}}, "packages" : []}
        """;

    private static string Entry(ImageVersion? image) => image is null ? "null" : $$$"""
        {"image":{"image":{"image":"{{{image.Image}}}","transport":"{{{image.Transport ?? "registry"}}}"},
        "version":{{{JsonSerializer.Serialize(image.Version)}}},"timestamp":"2026-01-05T00:00:00Z","imageDigest":"{{{image.Digest}}}"},
        "cachedUpdate":null,"incompatible":false,"pinned":false,"ostree":{"checksum":"abc","deploySerial":0}}
        """;
}
