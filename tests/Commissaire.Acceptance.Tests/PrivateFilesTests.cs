namespace Commissaire.Acceptance.Tests;

/// <summary>The files of a server are private whatever the umask of its process.</summary>
public sealed class PrivateFilesTests
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("277")]
    public async Task Every_file_is_private_under_any_umask(string umask)
    {
        await using var server = new Server { Wrapper = ["sh", "-c", $"umask {umask}; exec \"$@\"", "server"] };
        await server.Start();
        (await server.Put("/cluster/c")).Ok();
        (await server.Put("/containermanager/m", new { type = "trivial" })).Ok();

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(server.DataDirectory) & Others);
        var files = Directory.GetFiles(server.DataDirectory);
        Assert.Superset(
            new HashSet<string?> { "commissaire.db", "commissaire.db-wal", "commissaire.db-shm", "secret.keys" },
            files.Select(Path.GetFileName).ToHashSet());
        Assert.All(files, file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & Others));
    }
}
