using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>A file with users and their bcrypt hashes: <c>{"name": {"hash": "…"}}</c>.</summary>
internal static class UsersFile
{
    private const string Admin = "admin";

    /// <summary>Reads the users.</summary>
    /// <exception cref="StartupException">The file cannot be read, or is not such a file.</exception>
    public static Dictionary<string, string> Read(string path, string advice)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            var users = JsonNode.Parse(OptionFile.Read(path), documentOptions: options)?.AsObject() ?? [];
            return users.Where(u => u.Value?["hash"] is not null).ToDictionary(u => u.Key, u => u.Value!["hash"]!.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new StartupException($"The users file '{path}' cannot be used: {e.Message} {advice}");
        }
    }

    /// <summary>
    /// Returns the users of a server without configured authentication. The first start creates the user <c>admin</c>, and keeps the
    /// password until <see cref="PrintPassword"/>.
    /// </summary>
    /// <exception cref="StartupException">The file cannot be used.</exception>
    public static Dictionary<string, string> First(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        if (!File.Exists(path))
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var users = new JsonObject { [Admin] = new JsonObject { ["hash"] = BCrypt.Net.BCrypt.HashPassword(password, 12) } };
            File.Delete(PasswordIn(dataDirectory));
            PrivateFile.Create(PasswordIn(dataDirectory), Encoding.UTF8.GetBytes(password));
            PrivateFile.Create(path, Encoding.UTF8.GetBytes(users.ToJsonString()));
        }

        return Read(path, "Remove the file: the next start creates a new user.");
    }

    /// <summary>
    /// Prints the password of the first user once, and forgets it. To be called when the server listens: nobody would look for the password
    /// in the output of a start that failed.
    /// </summary>
    public static void PrintPassword(string dataDirectory, TextWriter console)
    {
        var (path, passwordPath) = (PathIn(dataDirectory), PasswordIn(dataDirectory));
        if (!File.Exists(passwordPath))
        {
            return;
        }

        using var file = Claim(passwordPath);
        if (file is null)
        {
            return;
        }

        var password = new StreamReader(file).ReadToEnd();
        if (password.Length > 0 && Read(path, "").TryGetValue(Admin, out var hash) && BcryptDecoys.CostOf(hash) is not null
            && BCrypt.Net.BCrypt.Verify(password, hash))
        {
            console.WriteLine(
                $"No authentication is configured. Log in as user '{Admin}' with password '{password}'. "
                + $"The password is printed only once; '{path}' keeps its hash.");
        }

        // A process that has opened the file already, and gets the lock later, finds no password in it.
        file.SetLength(0);
        File.Delete(passwordPath);
    }

    /// <summary>Opens the file and locks it; null if another process of the same start prints the password.</summary>
    private static FileStream? Claim(string passwordPath)
    {
        try
        {
            return PrivateFile.Open(passwordPath, FileMode.Open, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "users.json");

    private static string PasswordIn(string dataDirectory) => Path.Combine(dataDirectory, "first-password");
}
