using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Security;

/// <summary>
/// HTTP Basic authentication (RFC 7617) against bcrypt hashes. Bcrypt is slow on purpose, so a verdict is kept for a minute under a keyed
/// digest of the credentials: they are verified once, not at each request, and are not themselves kept.
/// </summary>
internal sealed class BasicAuthenticator(IReadOnlyDictionary<string, string> users, TimeProvider clock) : IAuthenticator, IDisposable
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    // The hash of nothing anybody knows: an unknown user takes as long as a known one.
    private static readonly string Nobody = BCrypt.Net.BCrypt.HashPassword(Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)), 12);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _verifying = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <inheritdoc />
    public ValueTask<string?> Authenticate(HttpContext context)
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) || Decoded(header.Parameter) is not { } pair
            || pair.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
        {
            return ValueTask.FromResult<string?>(null);
        }

        var (name, password) = (pair[..colon], pair[(colon + 1)..]);
        var digest = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(pair)));
        return _verdicts.TryGetValue(digest, out var known) && clock.GetUtcNow() < known.Until
            ? ValueTask.FromResult(known.Right ? name : null)
            : new ValueTask<string?>(Verify(name, password, digest, context.RequestAborted));
    }

    /// <inheritdoc />
    public void Dispose() => _verifying.Dispose();

    private async Task<string?> Verify(string name, string password, string digest, CancellationToken ct)
    {
        await _verifying.WaitAsync(ct);
        try
        {
            // Others with the same credentials may have waited for the same verdict.
            if (!_verdicts.TryGetValue(digest, out var verdict) || clock.GetUtcNow() >= verdict.Until)
            {
                var right = await Task.Run(() => Matches(password, users.GetValueOrDefault(name)), ct);
                verdict = new Verdict(right, clock.GetUtcNow() + Kept);
                if (_verdicts.Count >= MostKept)
                {
                    _verdicts.Clear();
                }

                _verdicts[digest] = verdict;
            }

            return verdict.Right ? name : null;
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
            return BCrypt.Net.BCrypt.Verify(password, hash ?? Nobody) && hash is not null;
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or ArgumentException)
        {
            return false;
        }
    }

    private static string? Decoded(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private sealed record Verdict(bool Right, DateTimeOffset Until);
}
