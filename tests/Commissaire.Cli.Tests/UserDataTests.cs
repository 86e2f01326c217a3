using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MimeKit;

namespace Commissaire.Cli.Tests;

/// <summary><c>commctl user-data</c>.</summary>
public sealed class UserDataTests : IDisposable
{
    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Fact]
    public async Task The_part_handler_precedes_its_part()
    {
        var parts = await Parts("user-data -e https://example.com/ -c CLUSTER --token abc.DEF-1");

        Assert.Equal(
            [
                "text/part-handler part-handler.py", "text/cloud-config cloud-init.txt",
                "text/x-commissaire-host commissaire-host.json",
            ], parts.Select(part => $"{part.ContentType.MimeType} {part.FileName}"));
        Assert.All(parts, part => Assert.Equal(
            ("utf-8", "attachment"), (part.ContentType.Charset, part.ContentDisposition!.Disposition)));
        Assert.All(parts.Skip(1), part => Assert.Equal(ContentEncoding.Base64, part.ContentTransferEncoding));
        Assert.Contains("def handle_part(", Text(parts[0]), StringComparison.Ordinal);
        Assert.Equal("#cloud-config\nfinal_message: \"Finished booting\"\n", Text(parts[1]));
        Assert.Equal("""
            {
             "endpoint": "https://example.com",
             "token": "abc.DEF-1",
             "cluster": "CLUSTER",
             "remote_user": "root",
             "authorized_keys_path": "/root/.ssh/authorized_keys"
            }
            """, Text(parts[2]));
    }

    [Fact]
    public async Task Without_a_password_the_document_contains_none()
    {
        var settings = await Settings("user-data -e http://h -u U");

        Assert.Equal("U", settings.GetProperty("username").GetString());
        Assert.False(settings.TryGetProperty("password", out _));
    }

    [Fact]
    public async Task A_password_is_prompted_for_or_read_from_a_file()
    {
        commctl.PromptAnswer = "typed";
        var (passwordFile, tokenFile) = (commctl.File("p", "from file\n"), commctl.File("t", "t\n"));

        var prompted = await Settings("user-data -e http://h -u U -p");
        var read = await Settings($"user-data -e http://h -u U --password-file {passwordFile}");
        var token = await Settings($"user-data -e http://h --token-file {tokenFile}");

        Assert.Equal("typed", prompted.GetProperty("password").GetString());
        Assert.Equal("from file", read.GetProperty("password").GetString());
        Assert.Equal("t", token.GetProperty("token").GetString());
    }

    [Fact]
    public async Task The_default_paths_of_another_user_are_in_the_home_of_that_user()
    {
        var settings = await Settings("user-data -e http://h -r core --token t --port 2222 --bootstrap never");

        Assert.Equal(("core", 2222), (settings.GetProperty("remote_user").GetString(), settings.GetProperty("port").GetInt32()));
        Assert.Equal("never", settings.GetProperty("bootstrap").GetString());
        Assert.False(settings.TryGetProperty("ssh_key_path", out _) || settings.TryGetProperty("authorized_keys_path", out _));
        Assert.Equal("/k", (await Settings("user-data -e http://h -r core --token t -s /k")).GetProperty("ssh_key_path").GetString());
    }

    [Theory]
    [InlineData("svc@corp.example")]
    [InlineData("CORP\\svc")]
    [InlineData("host$")]
    public async Task The_remote_user_may_be_of_a_directory(string user)
    {
        var result = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-r", user, "--format", "cloud-config");

        Assert.Equal(0, result.ExitCode);
        var setting = Convert.ToBase64String(Encoding.UTF8.GetBytes($"remote_user='{user}'\n"));
        Assert.Contains(setting[..16], result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_with_an_ordinary_cloud_config_fits_into_every_cloud_and_its_size_is_printed()
    {
        var path = commctl.File("own", CloudConfig(100));

        var result = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-c", "web", "-C", path);

        Assert.InRange(result.Output.Length, 4000, 16384);
        Assert.Equal($"commctl: the user-data has {result.Output.Length:N0} bytes\n", result.Error);
    }

    [Fact]
    public async Task A_document_that_is_too_large_causes_a_warning_and_can_be_compressed()
    {
        var path = commctl.File("own", CloudConfig(500));
        var outfile = commctl.File("out", "");

        var plain = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-C", path);
        var compressed = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-C", path, "--gzip", "-o", outfile);

        Assert.Equal(0, plain.ExitCode);
        Assert.Contains(
            "commctl: warning: too large for EC2 (at most 16,384), Hetzner Cloud (at most 32,768). Shorten", plain.Error,
            StringComparison.Ordinal);
        Assert.Equal($"commctl: the user-data has {new FileInfo(outfile).Length:N0} bytes\n", compressed.Error);
        using var text = new StreamReader(new GZipStream(File.OpenRead(outfile), CompressionMode.Decompress));
        Assert.Equal(Parts(plain.Output), Parts(await text.ReadToEndAsync()));

        // The boundary is random.
        static IEnumerable<string> Parts(string document) => document.Split('\n').Where(line => !line.Contains('='));
    }

    [Fact]
    public async Task A_given_cloud_config_replaces_the_default()
    {
        var path = commctl.File("own", "#cloud-config\npackages: [curl]\n");

        Assert.Equal("#cloud-config\npackages: [curl]\n", Text((await Parts($"user-data -e http://h --token t -C {path}"))[1]));
    }

    [Fact]
    public async Task The_output_file_is_readable_only_by_its_owner()
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        var path = commctl.File("out", "previous content", open);

        var result = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-o", path);

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("Content-Type: multipart/mixed;", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task A_cloud_config_writes_files_and_runs_a_script()
    {
        var result = await commctl.Run("user-data -e https://example.com/ -c web --token abc --format cloud-config");

        Assert.StartsWith(
            "#cloud-config\nfinal_message: Finished booting\nruncmd:\n- - sh\n  - /var/lib/commissaire/enrol.sh\nwrite_files:\n",
            result.Output, StringComparison.Ordinal);
        var files = result.Output.Split('\n').Select(line => line.Split("content: ")).Where(parts => parts.Length == 2)
            .Select(parts => Encoding.UTF8.GetString(Convert.FromBase64String(parts[1]))).ToList();
        Assert.Contains("cluster='web'\n", files[0], StringComparison.Ordinal);
        Assert.Contains("url = \"https://example.com/api/v0/host\"\n", files[1], StringComparison.Ordinal);
        Assert.Contains("header = \"Authorization: Bearer abc\"\n", files[1], StringComparison.Ordinal);
        Assert.StartsWith("#!/bin/sh\n", files[2], StringComparison.Ordinal);
        Assert.DoesNotContain("abc", files[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user-data -e http://h --token a -u b", "Use either an enrolment token, or a user with a password.")]
    [InlineData("user-data -e http://h --token a\"b", "The enrolment token has invalid characters.")]
    [InlineData("user-data -e http://h -c a'b --token t", "argument -c/--cluster: 'a'b' is not a valid name.")]
    [InlineData("user-data -e http://h -r -x --token t", "argument -r/--remote-user: '-x' is not a valid name.")]
    [InlineData("user-data -e http://h -s id_rsa --token t", "argument -s/--ssh-key-path: 'id_rsa' is not an absolute path")]
    [InlineData("user-data -e http://h -p --token t", "No terminal to prompt for the password.")]
    [InlineData("user-data -e http://h --token t -C x --format cloud-config", "requires --format multipart")]
    [InlineData("user-data -e http://h --token t -C /no/file", "argument -C/--cloud-init: can't open '/no/file'")]
    [InlineData("user-data -e http://h --token t -o /no/dir/file", "argument -o/--outfile: can't write '/no/dir/file'")]
    [InlineData("user-data -e http://h --token t --gzip", "argument --gzip: requires -o/--outfile FILE")]
    [InlineData("user-data -e http://h --token t -r a\\", "argument -r/--remote-user: 'a\\' is not a valid name.")]
    [InlineData("user-data -e http://h --token t -r a;b", "argument -r/--remote-user: 'a;b' is not a valid name.")]
    [InlineData("user-data", "--endpoint")]
    public async Task Invalid_options_are_rejected(string line, string expected)
    {
        var result = await commctl.Run(line);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_credentials_causes_a_warning()
    {
        var result = await commctl.Run("user-data -e http://h");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("commctl: warning: the document contains no credentials", result.Error, StringComparison.Ordinal);
    }

    private static string CloudConfig(int lines) =>
        "#cloud-config\n" + string.Concat(Enumerable.Repeat("# 40 bytes that are part of the file ...\n", lines));

    private async Task<JsonElement> Settings(string line) => JsonDocument.Parse(Text((await Parts(line))[2])).RootElement;

    private async Task<IReadOnlyList<MimePart>> Parts(string line)
    {
        var result = await commctl.Run(line);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain('\r', result.Output);
        using var text = new MemoryStream(Encoding.ASCII.GetBytes(result.Output));
        var multipart = Assert.IsType<Multipart>(await MimeEntity.LoadAsync(text));
        Assert.Equal("1.0", multipart.Headers[HeaderId.MimeVersion]);
        return [.. multipart.Cast<MimePart>()];
    }

    private static string Text(MimePart part) => ((TextPart)part).Text;
}
