namespace Commissaire.Security;

/// <summary>One way of telling who sent a request.</summary>
internal interface IAuthenticator
{
    /// <summary>The name of who sent a request; null when this way cannot tell.</summary>
    ValueTask<string?> Authenticate(HttpContext context);
}
