namespace Commissaire;

/// <summary>Who sent the request that caused a message or an event.</summary>
/// <param name="Name">The name of the user, or of the enrolment token.</param>
/// <param name="Login">The way of login, as its plug-in is named: <c>httpbasicauth</c>, <c>httpauthclientcert</c>, …</param>
/// <param name="Address">The address of the client; empty if it is not known.</param>
public sealed record Caller(string Name, string Login, string Address)
{
    /// <inheritdoc />
    public override string ToString() => $"'{Name}', {Login}{(Address.Length > 0 ? $", {Address}" : "")}";
}
