using System.Text.RegularExpressions;
using Commissaire.Configuration;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>Checks that the files use existing settings and contain no secrets.</summary>
public sealed partial class DeployedSettingsTests
{
    // Variables of the scripts and of compose, not of the server.
    private static readonly string[] OtherVariables =
        ["COMMISSAIRE_DEMO_PORT", "COMMISSAIRE_DEMO_API", "COMMISSAIRE_DEMO_CURL", "COMMISSAIRE_IMAGE"];

    private static readonly string[] Options = [.. CommandLine.Command((_, _) => Task.FromResult(0)).Options.Select(o => o.Name)];

    public static TheoryData<string> All => [.. DeployFiles.Under(".").Select(f => Path.GetRelativePath(DeployFiles.Root, f))];

    public static TheoryData<string> Files =>
    [
        .. DeployFiles.Under(".").Where(f => Path.GetFileName(f) == "commissaire.conf")
            .Select(f => Path.GetRelativePath(DeployFiles.Root, f)),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_variable_and_option_is_known(string file)
    {
        var text = DeployFiles.Text(file);
        Assert.All(Variable().Matches(text).Select(m => m.Value).Except(OtherVariables), v =>
            Assert.Contains($"--{v["COMMISSAIRE_".Length..].ToLowerInvariant().Replace('_', '-')}", Options));
        Assert.All(Option().Matches(text).Select(m => m.Groups[1].Value), o => Assert.Contains(o, Options));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_key_of_a_configuration_file_is_known(string file)
    {
        var settings = SettingsReader.Read(ConfigFile.Read(Path.Combine(DeployFiles.Root, file), ""));
        Assert.Empty(settings.Warnings);
        Assert.Equal("httpbasicauth", Assert.Single(settings.Plugins).Name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Files_contain_no_secrets(string file) =>
        Assert.Empty(Secret().Matches(DeployFiles.Text(file)).Select(m => m.Value));

    [GeneratedRegex(@"\bCOMMISSAIRE_[A-Z][A-Z_]*[A-Z]\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"commissaire-server(?:\.dll)?,? (--[a-z-]+)")]
    private static partial Regex Option();

    // A password in a connection string, a private key, a bcrypt hash, 32 bytes in base64, 16 bytes in hexadecimal, or a Secret's data.
    [GeneratedRegex(
        @"(?i)(?<!--from-file=)\bpassword=[^;""\s$]+|PRIVATE KEY|\$2[aby]\$\d|[A-Za-z0-9+/]{43}=|\b[0-9a-f]{32,}\b|^(stringData|data):",
        RegexOptions.Multiline)]
    private static partial Regex Secret();
}
