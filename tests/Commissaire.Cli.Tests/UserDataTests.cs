using System.Text;
using System.Text.Json;
using MimeKit;

namespace Commissaire.Cli.Tests;

public sealed class UserDataTests : IDisposable
{
    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Fact]
    public async Task The_handler_comes_before_what_it_handles()
    {
        var parts = await Parts("user-data -e https://example.com/ -c CLUSTER --token abc.DEF-1");

        Assert.Equal(["text/part-handler part-handler.py", "text/cloud-config cloud-init.txt", "text/x-commissaire-host commissaire-host.json"],
            parts.Select(part => $"{part.ContentType.MimeType} {part.FileName}"));
        Assert.All(parts, part => Assert.Equal((ContentEncoding.Base64, "utf-8", "attachment"), (part.ContentTransferEncoding, part.ContentType.Charset, part.ContentDisposition!.Disposition)));
        Assert.Contains("def handle_part(", Text(parts[0]), StringComparison.Ordinal);
        Assert.Equal("#cloud-config\nfinal_message: \"Finished booting\"\n", Text(parts[1]));
        Assert.Equal("""
            {
             "endpoint": "https://example.com",
             "token": "abc.DEF-1",
             "cluster": "CLUSTER",
             "remote_user": "root",
             "ssh_key_path": "/root/.ssh/id_rsa",
             "authorized_keys_path": "/root/.ssh/authorized_keys"
            }
            """, Text(parts[2]));
    }

    [Fact]
    public async Task Without_a_password_there_is_none()
    {
        var settings = await Settings("user-data -e http://h -u U");

        Assert.Equal("U", settings.GetProperty("username").GetString());
        Assert.False(settings.TryGetProperty("password", out _));
    }

    [Fact]
    public async Task A_password_is_asked_for_or_read()
    {
        commctl.Typed = "typed";
        Assert.Equal("typed", (await Settings("user-data -e http://h -u U -p")).GetProperty("password").GetString());
        Assert.Equal("kept", (await Settings($"user-data -e http://h -u U --password-file {commctl.File("p", "kept\n")}")).GetProperty("password").GetString());
        Assert.Equal("t", (await Settings($"user-data -e http://h --token-file {commctl.File("t", "t\n")}")).GetProperty("token").GetString());
    }

    [Fact]
    public async Task Another_user_has_keys_below_a_home_of_their_own()
    {
        var settings = await Settings("user-data -e http://h -r core --token t --port 2222");

        Assert.Equal(("core", 2222), (settings.GetProperty("remote_user").GetString(), settings.GetProperty("port").GetInt32()));
        Assert.False(settings.TryGetProperty("ssh_key_path", out _) || settings.TryGetProperty("authorized_keys_path", out _));
        Assert.Equal("/k", (await Settings("user-data -e http://h -r core --token t -s /k")).GetProperty("ssh_key_path").GetString());
    }

    [Fact]
    public async Task A_cloud_config_of_ones_own_takes_the_place_of_ours()
    {
        var path = commctl.File("own", "#cloud-config\npackages: [curl]\n");

        Assert.Equal("#cloud-config\npackages: [curl]\n", Text((await Parts($"user-data -e http://h --token t -C {path}"))[1]));
    }

    [Fact]
    public async Task A_file_is_written_that_only_its_owner_can_read()
    {
        var path = commctl.File("out", "old and longer than nothing", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var ran = await commctl.Run("user-data", "-e", "http://h", "--token", "t", "-o", path);

        Assert.Equal((0, ""), (ran.Code, ran.Output));
        Assert.StartsWith("Content-Type: multipart/mixed;", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Plain_cloud_config_writes_files_and_runs_a_script()
    {
        var ran = await commctl.Run("user-data -e https://example.com/ -c web --token abc --format cloud-config");

        Assert.StartsWith("#cloud-config\nfinal_message: Finished booting\nruncmd:\n- - sh\n  - /var/lib/commissaire/enrol.sh\nwrite_files:\n", ran.Output, StringComparison.Ordinal);
        var written = ran.Output.Split('\n').Where(line => line.Contains("content: ", StringComparison.Ordinal)).Select(line => Encoding.UTF8.GetString(Convert.FromBase64String(line.Split("content: ")[1]))).ToList();
        Assert.Contains("cluster='web'\n", written[0], StringComparison.Ordinal);
        Assert.Contains("url = \"https://example.com/api/v0/host\"\n", written[1], StringComparison.Ordinal);
        Assert.Contains("header = \"Authorization: Bearer abc\"\n", written[1], StringComparison.Ordinal);
        Assert.StartsWith("#!/bin/sh\n", written[2], StringComparison.Ordinal);
        Assert.DoesNotContain("abc", written[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user-data -e http://h --token a -u b", "an enrolment token, or a user")]
    [InlineData("user-data -e http://h --token a\"b", "characters that none has")]
    [InlineData("user-data -e http://h -c a'b --token t", "argument -c/--cluster: 'a'b' is not a name")]
    [InlineData("user-data -e http://h -r -x --token t", "argument -r/--remote-user: '-x' is not a name")]
    [InlineData("user-data -e http://h -s id_rsa --token t", "argument -s/--ssh-key-path: 'id_rsa' is not an absolute path")]
    [InlineData("user-data -e http://h -p --token t", "No terminal to ask")]
    [InlineData("user-data -e http://h --token t -C x --format cloud-config", "goes with --format multipart only")]
    [InlineData("user-data -e http://h --token t -C /no/file", "argument -C/--cloud-init: can't open '/no/file'")]
    [InlineData("user-data -e http://h --token t -o /no/dir/file", "argument -o/--outfile: can't write '/no/dir/file'")]
    [InlineData("user-data", "--endpoint")]
    public async Task What_cannot_work_is_refused(string line, string said)
    {
        var ran = await commctl.Run(line);

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_credentials_is_warned_of()
    {
        var ran = await commctl.Run("user-data -e http://h");

        Assert.Equal(0, ran.Code);
        Assert.StartsWith("commctl: warning: no credentials go into the document", ran.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> Settings(string line) => JsonDocument.Parse(Text((await Parts(line))[2])).RootElement;

    private async Task<IReadOnlyList<MimePart>> Parts(string line)
    {
        var ran = await commctl.Run(line);
        Assert.Equal(0, ran.Code);
        Assert.DoesNotContain('\r', ran.Output);
        using var text = new MemoryStream(Encoding.ASCII.GetBytes(ran.Output));
        var multipart = Assert.IsType<Multipart>(await MimeEntity.LoadAsync(text));
        Assert.Equal("1.0", multipart.Headers[HeaderId.MimeVersion]);
        return [.. multipart.Cast<MimePart>()];
    }

    private static string Text(MimePart part) => ((TextPart)part).Text;
}
