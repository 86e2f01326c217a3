using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Commissaire.Security;

/// <summary>
/// Decides which logins are verified with bcrypt, which is slow by design. Failed logins use up a budget of their address and one of their
/// user name. Credentials, and pairs of user and address, that have succeeded before have a lane that strangers cannot fill. A login that
/// succeeds uses up nothing, so a fleet behind one address can log in at once.
/// </summary>
internal sealed class LoginLimits : IDisposable
{
    /// <summary>How many logins of one address wait at a time.</summary>
    public const int PendingPerAddress = 8;

    private const int MaxPending = 64;
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _addresses;
    private readonly PartitionedRateLimiter<string> _users;
    private readonly PartitionedRateLimiter<string> _knownPairs;
    private readonly PartitionedRateLimiter<string> _pending = PartitionedRateLimiter.Create<string, string>(
        address => RateLimitPartition.GetConcurrencyLimiter(
            address, _ => new ConcurrencyLimiterOptions { PermitLimit = PendingPerAddress, QueueLimit = 0 }));

    private readonly ConcurrencyLimiter _strangerLane = Lane(MaxPending);
    private readonly ConcurrencyLimiter _knownLane = Lane(MaxRemembered);
    private readonly ConcurrentDictionary<string, bool> _succeeded = new(StringComparer.Ordinal);

    /// <summary>Allows a number of failures within a sliding window.</summary>
    public LoginLimits(int failures = 30, TimeSpan? window = null)
    {
        // A token bucket has fractions of tokens, with which it grants a lease of no permits: it would not limit anything here.
        PartitionedRateLimiter<string> Budget() => PartitionedRateLimiter.Create<string, string>(
            key => RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = failures,
                Window = window ?? DefaultWindow,
                SegmentsPerWindow = 30,
                QueueLimit = 0,
            }));
        (_addresses, _users, _knownPairs) = (Budget(), Budget(), Budget());
    }

    /// <summary>The address as far as a client can be told from another: a client has a whole IPv6 network of 64 bits.</summary>
    public static string AddressOf(IPAddress? client) => client switch
    {
        null => "an unknown address",
        { IsIPv4MappedToIPv6: true } => client.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"{new IPAddress([.. client.GetAddressBytes()[..8], .. new byte[8]])}/64",
        _ => client.ToString(),
    };

    /// <summary>Waits for the turn of a login. If it has none, the lease is not acquired and knows when to retry.</summary>
    public async ValueTask<RateLimitLease> Admit(string user, string address, bool haveSucceeded)
    {
        if (haveSucceeded)
        {
            return await _knownLane.AcquireAsync();
        }

        var pair = Pair(user, address);
        if (_succeeded.ContainsKey(pair))
        {
            return Exhausted(_knownPairs, pair) ?? await _knownLane.AcquireAsync();
        }

        if ((Exhausted(_addresses, address) ?? Exhausted(_users, user)) is { } early)
        {
            return early;
        }

        var pending = _pending.AttemptAcquire(address);
        if (!pending.IsAcquired)
        {
            return pending;
        }

        var turn = await _strangerLane.AcquireAsync();
        if (!turn.IsAcquired)
        {
            pending.Dispose();
            return turn;
        }

        // Others may have used up the budget meanwhile.
        if ((Exhausted(_addresses, address) ?? Exhausted(_users, user)) is not { } late)
        {
            return new Both(pending, turn);
        }

        turn.Dispose();
        pending.Dispose();
        return late;
    }

    /// <summary>Whether a login has the lane of those that have succeeded before.</summary>
    public bool IsKnown(string user, string address, bool haveSucceeded) => haveSucceeded || _succeeded.ContainsKey(Pair(user, address));

    /// <summary>Remembers that a user logged in from an address.</summary>
    public void Succeeded(string user, string address)
    {
        if (_succeeded.Count >= MaxRemembered)
        {
            _succeeded.Clear();
        }

        _succeeded[Pair(user, address)] = true;
    }

    /// <summary>Counts a failed login.</summary>
    public void Failed(string user, string address)
    {
        var pair = Pair(user, address);
        if (_succeeded.ContainsKey(pair))
        {
            _knownPairs.AttemptAcquire(pair).Dispose();
            return;
        }

        _addresses.AttemptAcquire(address).Dispose();
        _users.AttemptAcquire(user).Dispose();
    }

    public void Dispose()
    {
        foreach (var limiter in new[] { _addresses, _users, _knownPairs, _pending })
        {
            limiter.Dispose();
        }

        _strangerLane.Dispose();
        _knownLane.Dispose();
    }

    // Bcrypt occupies a processor for a quarter of a second: leave processors for the rest of the server.
    private static ConcurrencyLimiter Lane(int waiting) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 4),
        QueueLimit = waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    // A lease of no permits only tells whether any are left.
    private static RateLimitLease? Exhausted(PartitionedRateLimiter<string> budget, string key)
    {
        var lease = budget.AttemptAcquire(key, permitCount: 0);
        if (!lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    private static string Pair(string user, string address) => $"{address} {user}";

    private sealed class Both(RateLimitLease pending, RateLimitLease turn) : RateLimitLease
    {
        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                turn.Dispose();
                pending.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
