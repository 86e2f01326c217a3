using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Security;

/// <summary>
/// Verifies HTTP Basic credentials (RFC 7617) against bcrypt hashes. Bcrypt is slow by design, so a verdict is cached for a minute under a
/// keyed digest of the credentials; the credentials themselves are not cached.
/// </summary>
internal sealed class PasswordVerifier(IReadOnlyDictionary<string, string> users, TimeProvider clock) : IDisposable
{
    private const int MaxCached = 10_000;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(1);

    // An unknown user is verified against this hash, so that it takes as long as a known one.
    private static readonly string UnknownUser =
        BCrypt.Net.BCrypt.HashPassword(Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)), 12);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _verifying = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The user that an <c>Authorization</c> header proves; null if it proves none.</summary>
    public ValueTask<string?> Authenticate(string? authorization, CancellationToken ct)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) || Decoded(header.Parameter) is not { } credentials
            || credentials.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
        {
            return ValueTask.FromResult<string?>(null);
        }

        var (user, password) = (credentials[..colon], credentials[(colon + 1)..]);
        var digest = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(credentials)));
        return _verdicts.TryGetValue(digest, out var verdict) && clock.GetUtcNow() < verdict.Until
            ? ValueTask.FromResult(verdict.Valid ? user : null)
            : new ValueTask<string?>(Verify(user, password, digest, ct));
    }

    public void Dispose() => _verifying.Dispose();

    private async Task<string?> Verify(string user, string password, string digest, CancellationToken ct)
    {
        await _verifying.WaitAsync(ct);
        try
        {
            // Another request with the same credentials may have got the verdict meanwhile.
            if (!_verdicts.TryGetValue(digest, out var verdict) || clock.GetUtcNow() >= verdict.Until)
            {
                var valid = await Task.Run(() => Matches(password, users.GetValueOrDefault(user)), ct);
                verdict = new Verdict(valid, clock.GetUtcNow() + CacheTime);
                if (_verdicts.Count >= MaxCached)
                {
                    _verdicts.Clear();
                }

                _verdicts[digest] = verdict;
            }

            return verdict.Valid ? user : null;
        }
        finally
        {
            _verifying.Release();
        }
    }

    private static bool Matches(string password, string? hash)
    {
        try
        {
            return BCrypt.Net.BCrypt.Verify(password, hash ?? UnknownUser) && hash is not null;
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or ArgumentException)
        {
            return false;
        }
    }

    private static string? Decoded(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }

    private sealed record Verdict(bool Valid, DateTimeOffset Until);
}
