namespace Commissaire.Security;

/// <summary>The result of checking the credentials of a request.</summary>
internal abstract record LoginResult
{
    private LoginResult()
    {
    }

    /// <summary>No credentials of this kind, or wrong ones.</summary>
    public static LoginResult None { get; } = new Nobody();

    /// <summary>The credentials prove the user.</summary>
    public sealed record Proven(string User) : LoginResult;

    /// <summary>The credentials were refused without a check, for the reason in <paramref name="Detail"/>.</summary>
    public sealed record Refused(int Status, string Detail, TimeSpan? RetryAfter = null) : LoginResult;

    private sealed record Nobody : LoginResult;
}
