using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace Commissaire.Security;

/// <summary>
/// Verifies HTTP Basic credentials (RFC 7617) against bcrypt hashes. Bcrypt is slow by design, so a verdict is cached for a minute under a
/// keyed digest of the credentials; the credentials themselves are not cached. Requests with the same credentials share one verification.
/// </summary>
internal sealed class PasswordVerifier
{
    // Bcrypt ignores all further bytes, so a longer password would be as good as its beginning.
    private const int MaxPasswordBytes = 72;

    private const int MaxCached = 10_000;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ImmutableArray<string>> _users;
    private readonly LoginLimits _limits;
    private readonly LoginLog _log;
    private readonly TimeProvider _clock;
    private readonly Func<string, string, bool> _verify;
    private readonly BcryptDecoys _decoys;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<LoginResult>>> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _haveSucceeded = new(StringComparer.Ordinal);

    /// <param name="users">The hashes of each user, any of which may match.</param>
    /// <param name="limits">The limits of failed logins.</param>
    /// <param name="log">Counts and logs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="verify">Whether a password matches a hash; bcrypt by default.</param>
    public PasswordVerifier(
        IReadOnlyDictionary<string, ImmutableArray<string>> users, LoginLimits limits, LoginLog log, TimeProvider clock,
        Func<string, string, bool>? verify = null)
    {
        (_limits, _log, _clock) = (limits, log, clock);
        _users = users.ToDictionary(u => u.Key, u => BcryptDecoys.Repaired(u.Value));
        _verify = verify ?? ((password, hash) => BCrypt.Net.BCrypt.Verify(password, hash));
        _decoys = new BcryptDecoys(_users.Values, _key);
    }

    /// <summary>Checks the <c>Authorization</c> header of a client.</summary>
    public async ValueTask<LoginResult> Authenticate(string? authorization, IPAddress? client, CancellationToken ct)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) || Decoded(header.Parameter) is not { } credentials
            || credentials.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
        {
            return LoginResult.None;
        }

        var (user, password, address) = (credentials[..colon], credentials[(colon + 1)..], LoginLimits.AddressOf(client));
        if (Encoding.UTF8.GetByteCount(password) > MaxPasswordBytes)
        {
            _log.Failed(address, Who(user));
            return new LoginResult.Refused(
                StatusCodes.Status403Forbidden, $"The password is longer than the {MaxPasswordBytes} bytes that bcrypt can tell apart.");
        }

        var digest = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(credentials)));
        if (_verdicts.TryGetValue(digest, out var verdict) && _clock.GetUtcNow() < verdict.Until)
        {
            if (!verdict.Valid)
            {
                _log.Failed(address, Who(user));
            }

            return verdict.Valid ? new LoginResult.Proven(user) : LoginResult.None;
        }

        var login = _running.GetOrAdd(
            digest, _ => new Lazy<Task<LoginResult>>(() => Task.Run(() => Login(user, password, address, digest), CancellationToken.None)));
        return await login.Value.WaitAsync(ct);
    }

    private async Task<LoginResult> Login(string user, string password, string address, string digest)
    {
        try
        {
            var hasSucceeded = _haveSucceeded.ContainsKey(digest);
            using var turn = await _limits.Admit(user, address, hasSucceeded);
            if (!turn.IsAcquired)
            {
                _log.Limited(address);
                var pause = turn.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
                return new LoginResult.Refused(
                    StatusCodes.Status429TooManyRequests, "Too many logins failed, or wait for their verification. Retry later.", pause);
            }

            var valid = await BackgroundThread.Run(() => Matches(user, password), yields: !_limits.IsKnown(user, address, hasSucceeded));
            Remember(_verdicts, digest, new Verdict(valid, _clock.GetUtcNow() + CacheTime));
            if (!valid)
            {
                _limits.Failed(user, address);
                _log.Failed(address, Who(user));
                return LoginResult.None;
            }

            Remember(_haveSucceeded, digest, true);
            _limits.Succeeded(user, address);
            _log.Succeeded();
            return new LoginResult.Proven(user);
        }
        finally
        {
            _running.TryRemove(digest, out _);
        }
    }

    // An unknown user takes as long as a known one.
    private bool Matches(string user, string password)
    {
        var valid = false;
        foreach (var hash in _users.TryGetValue(user, out var hashes) ? hashes : _decoys.For(user))
        {
            valid |= _verify(password, hash);
        }

        return valid;
    }

    private string Who(string user) => _users.ContainsKey(user) ? $"user '{user}'" : "an unknown user";

    private static void Remember<T>(ConcurrentDictionary<string, T> cache, string digest, T value)
    {
        if (cache.Count >= MaxCached)
        {
            cache.Clear();
        }

        cache[digest] = value;
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
