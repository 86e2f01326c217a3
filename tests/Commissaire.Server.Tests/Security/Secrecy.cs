using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Security;

/// <summary>Secrets are in the secret store only, and there only encrypted.</summary>
public sealed class Secrecy
{
    private readonly string _data = RunningServer.NewDataDirectory();

    [Fact]
    public async Task No_key_and_no_token_is_on_disk_or_in_the_log()
    {
        string log;
        await using (var server = await RunningServer.Start(_data, new ScriptedShell(), new JsonObject { ["debug"] = true }))
        {
            await server.Expect(
                "PUT /containermanager/m",
                """{"options": {"server_url": "https://127.0.0.1:9", "token": "a-very-secret-token"}}""",
                201);
            await server.Register("10.6.0.1");
            await server.Expect("PUT /host/10.6.0.1", Client.Registration(Keys.Other), 409);
            await server.Expect("PUT /host/10.6.0.2", Client.Registration(Keys.WithPassphrase), 400);
            await server.Expect("GET /host/10.6.0.1/creds", null, 200);
            await server.Becomes("10.6.0.1", "disassociated");
            AssertSecret(Encoding.UTF8.GetBytes(server.Log.Text), "the log");
            AssertFilesHoldNoSecrets();
            log = server.Log.Text;
        }

        AssertFilesHoldNoSecrets();
        Assert.NotEmpty(log);
    }

    [Fact]
    public async Task The_bytes_of_a_deleted_key_are_overwritten()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        await server.Register("10.6.0.1");
        var envelope = server.Envelope();
        Assert.Contains(Directory.EnumerateFiles(_data, "commissaire.db*"), Holds);
        await server.Expect("DELETE /host/10.6.0.1", null, 200);
        await Eventually.True(() => !Directory.EnumerateFiles(_data, "commissaire.db*").Any(Holds), "no file contains the deleted key");

        bool Holds(string file)
        {
            // SQLite may truncate its log while it is read.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(envelope) >= 0;
        }
    }

    [Fact]
    public async Task Without_its_key_file_the_server_refuses_to_start()
    {
        await using (var server = await RunningServer.Start(_data, new ScriptedShell()))
        {
            await server.Register("10.6.0.1");
        }

        File.Move(Path.Combine(_data, "secret.keys"), Path.Combine(_data, "backup"));
        var refused = Assert.Throws<StartupException>(() => ServerHost.Build(RunningServer.Settings(_data), TextWriter.Null));
        Assert.Contains("secret.keys", refused.Message);
    }

    // As Kubernetes mounts it: a link in a read-only directory.
    [Fact]
    public async Task A_configured_key_file_is_used_in_place()
    {
        var given = RunningServer.NewDataDirectory();
        var (real, file) = (Path.Combine(given, "..data"), Path.Combine(given, "secret.keys"));
        SecretKeys.Load(real, createIfMissing: true);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(file, "..data");
        var before = File.ReadAllText(file);
        await using (var server = await RunningServer.Start(_data, new ScriptedShell(), new JsonObject { ["key_file"] = file }))
        {
            await server.Register("10.6.0.1");
            await server.Expect("GET /host/10.6.0.1/creds", null, 200);
        }

        Assert.False(File.Exists(Path.Combine(_data, "secret.keys")));
        Assert.Equal(before, File.ReadAllText(file));
        Assert.Equal(2, Directory.GetFiles(given).Length);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_files()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        await server.Register("10.6.0.1");
        foreach (var file in new[] { "secret.keys", "commissaire.db" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_data, file)));
        }
    }

    private void AssertFilesHoldNoSecrets()
    {
        var files = Directory.GetFiles(_data, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            AssertSecret(content.ToArray(), file);
        }
    }

    private static void AssertSecret(byte[] content, string where)
    {
        foreach (var key in new[] { Keys.One, Keys.Other, Keys.WithPassphrase })
        {
            // As sent, as in its file, and in binary.
            var body = Keys.Body(key).ToList();
            byte[][] forms =
            [
                Encoding.UTF8.GetBytes(key[40..120]),
                .. body.Skip(1).Select(Encoding.UTF8.GetBytes),
                Convert.FromBase64String(string.Concat(body))[^120..],
            ];
            Assert.All(forms, form => Assert.True(content.AsSpan().IndexOf(form) < 0, $"{where} holds a private key"));
        }

        Assert.True(content.AsSpan().IndexOf("a-very-secret-token"u8) < 0, $"{where} holds a token");
    }
}
