using System.Net.Http.Headers;
using System.Text;

namespace Commissaire.Benchmarks;

/// <summary>A temporary directory with a users file.</summary>
internal sealed class WorkDirectory : IDisposable
{
    public WorkDirectory() =>
        File.WriteAllText(UsersFile, $$$"""{"a": {"hash": "{{{BCrypt.Net.BCrypt.HashPassword("a", 12)}}}"}}""");

    public string Path { get; } = Directory.CreateTempSubdirectory("commissaire-benchmark-").FullName;

    public string UsersFile => System.IO.Path.Combine(Path, "users.json");

    /// <summary>A client with the user's credentials.</summary>
    public static HttpClient Client(int port)
    {
        var client =
            new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("a:a")));
        return client;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
