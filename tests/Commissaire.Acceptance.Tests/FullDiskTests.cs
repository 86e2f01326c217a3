using System.Diagnostics;

namespace Commissaire.Acceptance.Tests;

/// <summary>A server whose data directory has no space left.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task The_server_is_not_ready_until_there_is_space_again()
    {
        await using var server = new Server();
        Directory.CreateDirectory(server.DataDirectory);
        await Run("mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", server.DataDirectory);
        try
        {
            await server.Start();
            await FillAndFree(server);
            await server.Kill();
        }
        finally
        {
            await Run("umount", "--lazy", server.DataDirectory);
        }
    }

    private static async Task FillAndFree(Server server)
    {
        (await server.Put("/cluster/before", new { })).Ok();
        var filler = Path.Combine(server.DataDirectory, "filler");
        await Eventually.Matches(
            async () =>
            {
                // The database may release some space again.
                Fill(filler);
                return await server.IsReady();
            }, ready => !ready, "the server is not ready");
        Assert.Equal(503, (await server.Put("/cluster/meanwhile", new { })).Code);
        Assert.Contains("The database takes no writes", server.Output, StringComparison.Ordinal);
        Assert.Equal("before", Assert.Single((await server.Get("/clusters")).Ok().Names));

        File.Delete(filler);
        await Eventually.Matches(server.IsReady, ready => ready, "the server is ready again");
        await Eventually.Matches(
            () => server.Put("/cluster/after", new { }), answer => answer.Code == 201, "the journal takes events again");
        Assert.Equal(["after", "before"], (await server.Get("/clusters")).Ok().Names);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            foreach (var size in new[] { 65536, 4096, 1 })
            {
                Append(file, new byte[size]);
            }
        }
        catch (IOException)
        {
            // Not even one byte fits.
        }
    }

    private static void Append(FileStream file, byte[] block)
    {
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException) when (block.Length > 1)
        {
        }
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
