using Commissaire.Hosts;
using Commissaire.Tokens;
using CsCheck;

namespace Commissaire.Domain.Tests.Tokens;

public sealed class TokenStateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly ResourceName Id = ResourceName.Parse("abc");
    private static readonly ResourceName Cluster = ResourceName.Parse("demo");
    private static readonly TokenCommand.Create Create = new(Id, new string('0', 64), Cluster, 2, Now.AddHours(1), "boss");
    private static readonly TokenState Made = After(new TokenState(Id), Create);

    [Fact]
    public void The_view_contains_everything_but_the_digest() =>
        Assert.Equal(new TokenView(Id, Cluster, 2, 2, Now, "boss", Now.AddHours(1), false), Made.View());

    [Fact]
    public void A_token_is_created_once() => Assert.IsType<TokenReply.Refused>(Made.Decide(Create, Now).Reply);

    [Fact]
    public void Only_the_right_digest_is_verified()
    {
        Assert.IsType<TokenReply.Verified>(Made.Decide(new TokenCommand.Verify(Id, Create.Digest), Now).Reply);
        foreach (var wrong in new[] { new string('0', 63), new string('1', 64), "" })
        {
            Assert.IsType<TokenReply.NotFound>(Made.Decide(new TokenCommand.Verify(Id, wrong), Now).Reply);
        }

        Assert.IsType<TokenReply.NotFound>(new TokenState(Id).Decide(new TokenCommand.Verify(Id, ""), Now).Reply);
    }

    [Fact]
    public void A_host_that_registers_twice_counts_once()
    {
        var once = After(Made, Use(1));
        Assert.Empty(once.Decide(Use(1), Now).Events);
        Assert.Equal(new TokenReply.Granted(Cluster), once.Decide(Use(1), Now).Reply);
        Assert.Equal(1, once.View()!.UsesLeft);
    }

    [Fact]
    public void A_used_up_token_rejects_only_new_hosts()
    {
        var full = After(Made, Use(1), Use(2));
        Assert.Contains("used up", Refusal(full, Use(3)));
        Assert.Equal(new TokenReply.Granted(Cluster), full.Decide(Use(2), Now).Reply);
        Assert.Equal(0, full.View()!.UsesLeft);
    }

    [Fact]
    public void A_token_expires()
    {
        Assert.IsType<TokenReply.Granted>(Made.Decide(Use(1), Create.ExpiresAt.AddTicks(-1)).Reply);
        Assert.Equal("the enrolment token expired at 1970-01-01T01:00:00Z", Refusal(Made, Use(1), Create.ExpiresAt));
    }

    [Fact]
    public void A_token_is_for_one_cluster()
    {
        Assert.IsType<TokenReply.Granted>(Made.Decide(Use(1) with { Cluster = Cluster }, Now).Reply);
        Assert.Contains("not into 'other'", Refusal(Made, Use(1) with { Cluster = ResourceName.Parse("other") }));
    }

    [Fact]
    public void A_revoked_token_registers_no_host()
    {
        var revoked = After(Made, Use(1), new TokenCommand.Revoke(Id, "boss"));
        Assert.Contains("revoked", Refusal(revoked, Use(1)));
        Assert.True(revoked.View()!.Revoked);
        Assert.Empty(revoked.Decide(new TokenCommand.Revoke(Id, "boss"), Now).Events);
    }

    [Fact]
    public void Rejected_hosts_are_recorded_once_up_to_a_limit()
    {
        var revoked = After(Made, new TokenCommand.Revoke(Id, "boss"));
        var state = revoked;
        var written = 0;
        for (var i = 0; i < 300; i++)
        {
            var events = state.Decide(Use(1 + (i % 200)), Now).Events;
            written += events.Length;
            state = events.Aggregate(state, (s, e) => s.Evolve(e));
        }

        Assert.Equal(TokenState.MaxRecordedMisuses, written);
    }

    [Fact]
    public void A_token_never_registers_more_hosts_than_allowed() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 9].Array[0, 40]).Sample((uses, hosts) =>
        {
            var state = After(new TokenState(Id), Create with { Uses = uses });
            var granted = new HashSet<int>();
            foreach (var host in hosts)
            {
                if (state.Decide(Use(host), Now).Reply is TokenReply.Granted)
                {
                    granted.Add(host);
                }

                state = After(state, Use(host));
            }

            return granted.Count == Math.Min(uses, hosts.Distinct().Count()) && state.View()!.UsesLeft == uses - granted.Count;
        });

    private static TokenCommand.Use Use(int host) => new(Id, HostAddress.Parse($"10.0.0.{host}"), null);

    private static string Refusal(TokenState state, TokenCommand command, DateTimeOffset? at = null) =>
        Assert.IsType<TokenReply.Refused>(state.Decide(command, at ?? Now).Reply).Reason;

    private static TokenState After(TokenState state, params TokenCommand[] commands) =>
        commands.Aggregate(state, (s, c) => s.Decide(c, Now).Events.Aggregate(s, (t, e) => t.Evolve(e)));
}
