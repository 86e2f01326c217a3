using System.Net;
using System.Text;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>The size of everything that commctl reads is bounded.</summary>
public sealed class BoundsTests : IDisposable
{
    private const long Terabyte = 1L << 40;

    private readonly Commctl commctl = new();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task An_endless_response_is_refused(int status)
    {
        commctl.Configured().Server.On("GET /hosts", context => SendEndless(context, status));

        var result = await commctl.Run("host list");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("The response to GET /api/v0/hosts is larger than", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_file_is_refused()
    {
        foreach (var file in new[] { Large("large"), "/dev/zero" })
        {
            var result = await commctl.Run("passhash", "-f", file);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains($"'{file}': It is larger than", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endless_input_is_refused()
    {
        commctl.Input = new string('x', 2 * 1024 * 1024);
        foreach (var line in new[] { "passhash -f -", "cluster list --endpoint http://127.0.0.1:1 --username a --password-file -" })
        {
            var result = await commctl.Run(line);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("It is larger than", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endless_configuration_is_refused()
    {
        foreach (var file in new[] { Large("config"), "/dev/zero" })
        {
            var result = await commctl.Run("cluster", "list", "--config", file);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("It is larger than", result.Error, StringComparison.Ordinal);
            commctl.File("kubeconfig.json", $$"""{"kubeconfig": "{{file}}", "endpoint": "http://127.0.0.1:1"}""");
            result = await commctl.Run("cluster", "list", "--config", Path.Combine(commctl.Home, "kubeconfig.json"));
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("It is larger than", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Each_line_of_a_stream_is_bounded()
    {
        await using var lines = new BoundedStream(new MemoryStream("123\n1234\n\n12345\n"u8.ToArray()), 4, ofEachLine: true);
        var read = new byte[10];
        await lines.ReadExactlyAsync(read);
        Assert.Equal("123\n1234\n\n", Encoding.UTF8.GetString(read));
        var refused = await Assert.ThrowsAsync<IOException>(() => lines.ReadExactlyAsync(read, 0, 5).AsTask());
        Assert.Equal("A line is larger than 4 bytes.", refused.Message);
    }

    private static async Task SendEndless(HttpListenerContext context, int status)
    {
        (context.Response.StatusCode, context.Response.ContentLength64) = (status, Terabyte);
        await context.Response.OutputStream.WriteAsync("["u8.ToArray());
        await context.Response.OutputStream.FlushAsync();
    }

    private string Large(string name)
    {
        var path = commctl.File(name, "{");
        using var file = System.IO.File.OpenWrite(path);
        file.SetLength(Terabyte);
        return path;
    }
}
