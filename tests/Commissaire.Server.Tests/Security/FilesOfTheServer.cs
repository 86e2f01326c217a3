using System.Diagnostics;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;

namespace Commissaire.Server.Tests.Security;

/// <summary>Files that options name, and the files that the server writes.</summary>
public sealed class FilesOfTheServer : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _data = RunningServer.NewDataDirectory();
    private readonly string _pipe;
    private readonly string _large;

    public FilesOfTheServer()
    {
        (_pipe, _large) = (Path.Combine(_data, "pipe"), Path.Combine(_data, "large"));
        using var mkfifo = Process.Start("mkfifo", [_pipe]);
        mkfifo.WaitForExit();
        using var large = File.Create(_large);
        large.SetLength(1L << 40);
    }

    public void Dispose()
    {
        File.Delete(_pipe);
        File.Delete(_large);
    }

    [Fact]
    public void Only_regular_files_of_bounded_size_are_read()
    {
        Assert.Contains("not a regular file", Assert.Throws<IOException>(() => OptionFile.Read("/dev/zero")).Message);
        Assert.Contains("not a regular file", Assert.Throws<IOException>(() => OptionFile.Read(_pipe)).Message);
        Assert.Contains("is larger than", Assert.Throws<IOException>(() => OptionFile.Read(_large)).Message);
        Assert.Throws<FileNotFoundException>(() => OptionFile.Read(Path.Combine(_data, "nothing")));
        Assert.Throws<UnauthorizedAccessException>(() => OptionFile.Read(_data));
        Assert.NotEmpty(OptionFile.Read("/proc/self/status"));
        var link = Path.Combine(_data, "link");
        File.CreateSymbolicLink(link, "/dev/zero");
        Assert.Contains("not a regular file", Assert.Throws<IOException>(() => OptionFile.Read(link)).Message);
    }

    [Fact]
    public async Task Options_of_container_managers_that_name_no_usable_file_are_refused_at_once()
    {
        await using var server = await RunningServer.Start(Path.Combine(_data, "server"), new ScriptedShell());
        foreach (var file in new[] { "/dev/zero", _pipe, _large })
        {
            foreach (var option in new[] { "ca", "certificate_path", "certificate_key_path", "kubeconfig" })
            {
                var options = option switch
                {
                    "kubeconfig" => new JsonObject { ["kubeconfig"] = file },
                    "ca" => new JsonObject { ["server_url"] = "https://127.0.0.1:9", ["token"] = "t", ["ca"] = file },
                    _ => new JsonObject
                    {
                        ["server_url"] = "https://127.0.0.1:9",
                        ["certificate_path"] = "/proc/self/status",
                        ["certificate_key_path"] = "/proc/self/status",
                        [option] = file,
                    },
                };
                var body = new JsonObject { ["type"] = "kubernetes", ["options"] = options };
                var refused = await server.Expect("PUT /containermanager/m", body.ToJsonString(), 400);
                Assert.StartsWith($"{option}: cannot use '{file}'", refused.Detail);
            }
        }
    }

    [Fact]
    public async Task Files_that_a_kubeconfig_names_are_refused_at_once()
    {
        await using var server = await RunningServer.Start(Path.Combine(_data, "server"), new ScriptedShell());
        var kubeconfig = Path.Combine(_data, "kubeconfig");
        foreach (var (ca, certificate) in new[] { ("/dev/zero", "/none"), ("pipe", "/none"), ("/none", _large) })
        {
            File.WriteAllText(kubeconfig, $$$"""
                apiVersion: v1
                kind: Config
                current-context: x
                contexts: [{name: x, context: {cluster: x, user: x}}]
                clusters: [{name: x, cluster: {server: 'https://127.0.0.1:9', certificate-authority: '{{{ca}}}'}}]
                users: [{name: x, user: {client-certificate: '{{{certificate}}}', client-key: /none}}]
                """);
            var body = new JsonObject { ["type"] = "kubernetes", ["options"] = new JsonObject { ["kubeconfig"] = kubeconfig } };
            var refused = await server.Expect("PUT /containermanager/m", body.ToJsonString(), 400);
            Assert.Matches($"^kubeconfig: cannot use '.*{Path.GetFileName(ca == "/none" ? certificate : ca)}'", refused.Detail);
        }
    }

    [Theory]
    [InlineData("tls_pemfile")]
    [InlineData("key_file")]
    public void Settings_that_name_no_usable_file_stop_the_start(string setting)
    {
        foreach (var file in new[] { "/dev/zero", _pipe, _large })
        {
            var refused = Assert.Throws<StartupException>(() => SettingsReader.Read(new JsonObject { [setting] = file }));
            Assert.StartsWith($"{setting}: cannot read '{file}'", refused.Message);
        }
    }

    [Fact]
    public async Task Every_file_is_private_and_so_is_a_new_directory()
    {
        var directory = Path.Combine(_data, "new");
        await using (var server = await RunningServer.Start(directory, new ScriptedShell()))
        {
            await server.Register("10.6.0.1");
            AssertPrivate(directory);
            Assert.Contains("commissaire.db-wal", Directory.GetFiles(directory).Select(Path.GetFileName));
            Assert.DoesNotContain("chmod", server.Log.Text);
        }

        // Files of earlier versions.
        foreach (var file in Directory.GetFiles(directory))
        {
            File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead);
        }

        await using var again = await RunningServer.Start(directory, new ScriptedShell());
        File.SetUnixFileMode(Path.Combine(directory, "secret.keys"), OwnerOnly);
        AssertPrivate(directory);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.GroupWrite, false)]
    [InlineData(UnixFileMode.OtherWrite, true)]
    public void Secret_files_that_others_can_use_are_named_with_the_command(UnixFileMode more, bool stops)
    {
        var file = Path.Combine(_data, "users.json");
        File.WriteAllText(file, "{}");
        File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead);
        Assert.Null(PrivateFile.WarningOf("filepath", file));
        File.SetUnixFileMode(file, OwnerOnly | more);
        var message = stops
            ? Assert.Throws<StartupException>(() => PrivateFile.WarningOf("filepath", file)).Message
            : PrivateFile.WarningOf("filepath", file);
        Assert.StartsWith("filepath:", message);
        Assert.EndsWith($"Run: chmod 600 '{file}'", message);
        Assert.Null(PrivateFile.WarningOf("filepath", file + ".missing"));
    }

    [Fact]
    public void A_directory_that_others_can_enter_is_named_and_not_changed()
    {
        const UnixFileMode Mode = OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_data, Mode);
        PrivateFile.CreateDirectory(_data);
        Assert.Equal(Mode, File.GetUnixFileMode(_data));
        Assert.EndsWith($"Run: chmod 700 '{_data}'", PrivateFile.WarningOfDirectory(_data));
    }

    [Fact]
    public async Task A_database_is_empty_until_its_first_event()
    {
        var directory = Path.Combine(_data, "lost");
        await using (var server = await RunningServer.Start(directory, new ScriptedShell()))
        {
            await server.Register("10.6.0.1");
        }

        using (var database = SqliteDatabase.Open(directory))
        {
            Assert.False(database.IsEmpty());
        }

        using (var database = SqliteDatabase.Open(Path.Combine(_data, "empty")))
        {
            Assert.True(database.IsEmpty());
        }
    }

    private static void AssertPrivate(string directory)
    {
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.All(Directory.GetFiles(directory), f => Assert.Equal((f, OwnerOnly), (f, File.GetUnixFileMode(f))));
    }
}
