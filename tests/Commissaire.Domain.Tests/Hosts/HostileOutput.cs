using Commissaire.Hosts;
using Commissaire.Shell;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Generates what a host may print: anything at all, or valid output with parts replaced.</summary>
internal static class HostileOutput
{
    private static readonly string[] Sections = ["boot_id", "kernel", "cpus", "memory", "ostree", "os-release", "space", "container-space"];

    private static readonly Gen<string> Nasty = Gen.OneOf(
        Gen.OneOfConst(
            "", "\0", "\u001b[2J", "\u0085\u2028\u2029", "\u202e", "\ud800", "\udc00", "e\u0301", "== kernel\n", "-", "yes",
            "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999", "2147483648", "-1", "0x10", "1e9", "٣",
            "MemTotal: 9223372036854775807 kB", "MemTotal: 1125899906842625 kB", "ID=\nID=fedora", "ID='\"", "VERSION_ID=\u001b]0;x\u0007",
            "/dev/a 9223372036854775807 0 0 0% /\n/dev/b 9223372036854775807 0 0 0% /home", "/dev/a 1125899906842624 0 0 0% /",
            "{\"deployments\":[{\"booted\":true,\"version\":\"\\ud800\"}]}", "{\"deployments\":[{\"booted\":true,\"version\":7}]}",
            "{\"deployments\":[1]}", "{\"deployments\":{}}", "[]",
            "E: Could not get lock ", "E: ", "Error:", "error: Transaction in progress", "Traceback (most recent call last):",
            "cannot tell: ",
            "{\"deployments\":[{\"booted\":7}]}", "{", "99999999999 upgraded, 1 newly installed, 0 to remove and 9 not upgraded",
            "Upgrade 99999999999999 Packages", "ID_LIKE=\"\ud800 debian\"", "have been kept back:\n  a", "sudo: a password is required",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
        Gen.Select(Gen.OneOfConst('x', '9', '\n', '\0', '\u202e', '\ud83d', '[', '"', ' '), Gen.Int[1, 70_000])
            .Select((c, n) => new string(c, n)),
        Gen.String);

    /// <summary>Any output of any command.</summary>
    public static Gen<string> Text { get; } = Gen.OneOf(Nasty, Gen.Select(Nasty, Nasty).Select((a, b) => a + "\n" + b), Facts());

    /// <summary>Any outcome of any command.</summary>
    public static Gen<ShellOutcome> Outcome { get; } = Gen.OneOf(
        Gen.Select(Gen.OneOfConst(0, 0, 1, 255, -1), Text, Text).Select((exit, text, error) => (ShellOutcome)Exit(exit, text, error)),
        Nasty.Select(text => (ShellOutcome)new ShellOutcome.Unreachable(text)),
        Nasty.Select(text => (ShellOutcome)new ShellOutcome.Interrupted(text)),
        Nasty.Select(text => (ShellOutcome)new ShellOutcome.AuthenticationFailed(text)),
        Gen.Byte.Array[0, 200].Select(
            key => (ShellOutcome)new ShellOutcome.HostKeyChanged(HostKey.Of(HostKey.ReadType(key), key))),
        Gen.Const((ShellOutcome)new ShellOutcome.TooMuchOutput(16 * 1024 * 1024)));

    private static Gen<string> Facts() => Gen.Select(Gen.OneOfConst(Sections), Nasty, Gen.Bool).Select((section, text, append) =>
    {
        var sections = ("\n" + InvestigationOutput()).Split("\n== ").Skip(1).Select(whole =>
            whole.Split('\n')[0] != section ? whole
            : append ? $"{whole.TrimEnd()}\n{text}\n"
            : $"{section}\n{text}\n");
        return "== " + string.Join("\n== ", sections);
    });
}
