using Commissaire.Contracts.Tokens;

namespace Commissaire.Tokens;

/// <summary>Reads and validates requests about enrolment tokens.</summary>
internal static class TokenRequests
{
    private const int MaxUses = 10_000;
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    /// <summary>Reads the cluster, the lifetime and the number of uses of a new token.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid; the message names it.</exception>
    public static (ResourceName Cluster, TimeSpan Lifetime, int Uses) Creation(CreateTokenRequest body)
    {
        if (!ResourceName.TryParse(body.Cluster, out var cluster))
        {
            throw new InvalidRequestException(
                $"cluster: {(body.Cluster is null ? "is missing" : $"'{body.Cluster}' is not a name")}; "
                + $"expected the cluster that hosts register into ({ResourceName.Expectation}).");
        }

        var lifetime = body.Ttl switch
        {
            null => DefaultLifetime,
            { } seconds when seconds >= 1 && seconds <= MaxLifetime.TotalSeconds => TimeSpan.FromSeconds(seconds),
            { } seconds => throw new InvalidRequestException(
                $"ttl: {seconds} is not a lifetime; expected 1 to {MaxLifetime.TotalSeconds:0} seconds."),
        };
        var uses = body.Uses switch
        {
            null => 1,
            >= 1 and <= MaxUses => body.Uses.Value,
            _ => throw new InvalidRequestException($"uses: {body.Uses} is not a number of hosts; expected 1 to {MaxUses}."),
        };
        return (cluster, lifetime, uses);
    }
}
