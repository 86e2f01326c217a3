using Commissaire.Hosts;
using Commissaire.Shell;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Shell;

/// <summary>Which hosts wait for which others to connect.</summary>
public sealed class ConnectionLanesTests : IDisposable
{
    private static readonly HostKey Key = HostKey.Of("ssh-ed25519", [1]);
    private static readonly ShellOutcome Done = new ShellOutcome.Completed(1, "", "", Key);

    private readonly FakeTimeProvider clock = new();
    private readonly ConnectionLanes lanes;

    public ConnectionLanesTests() => lanes = new ConnectionLanes(clock);

    public static TheoryData<ShellOutcome> Failures => new(
        new ShellOutcome.Unreachable("refused"), new ShellOutcome.TimedOut(TimeSpan.FromSeconds(20)),
        new ShellOutcome.TooMuchOutput(1), new ShellOutcome.Interrupted("reset"), new ShellOutcome.AuthenticationFailed("publickey"));

    [Fact]
    public void A_host_that_was_in_contact_does_not_wait_for_new_ones_nor_for_runs()
    {
        var check = lanes.Of(Host(1), Investigation.Check);

        Assert.Same(check, lanes.Of(Host(2), Investigation.Check));
        Assert.NotSame(check, lanes.Of(Host(2) with { TrustedKey = null }, Investigation.Command));
        Assert.NotSame(check, lanes.Of(Host(2), Investigation.Check with { Interactive = true }));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_host_whose_last_command_did_not_end_waits_only_for_its_like_until_a_command_ends(ShellOutcome failure)
    {
        lanes.Ended(Host(1), failure);
        lanes.Ended(Host(3), failure);
        Assert.Same(lanes.Of(Host(3) with { TrustedKey = null }, Investigation.Command), lanes.Of(Host(1), Investigation.Check));
        Assert.NotSame(lanes.Of(Host(4) with { TrustedKey = null }, Investigation.Command), lanes.Of(Host(1), Investigation.Check));
        Assert.Same(lanes.Of(Host(2), Investigation.Check with { Interactive = true }),
            lanes.Of(Host(1), Investigation.Check with { Interactive = true }));

        lanes.Ended(Host(1), Done);
        Assert.Same(lanes.Of(Host(2), Investigation.Check), lanes.Of(Host(1), Investigation.Check));
    }

    [Fact]
    public void A_host_that_receives_no_commands_is_forgotten()
    {
        lanes.Ended(Host(1), new ShellOutcome.Unreachable("refused"));
        lanes.Sweep();
        Assert.NotSame(lanes.Of(Host(2), Investigation.Check), lanes.Of(Host(1), Investigation.Check));

        clock.Advance(TimeSpan.FromHours(2));
        lanes.Sweep();
        Assert.Same(lanes.Of(Host(2), Investigation.Check), lanes.Of(Host(1), Investigation.Check));
    }

    public void Dispose() => lanes.Dispose();

    private static RemoteTarget Host(int number) => new(HostAddress.Parse($"10.0.0.{number}"), 22, "root", "secret", Key);
}
