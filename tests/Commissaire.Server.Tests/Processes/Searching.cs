using Commissaire.Processes;
using CsCheck;

namespace Commissaire.Server.Tests.Processes;

public sealed class Searching
{
    private static readonly ProcessId Self = new("me:1", 1);
    private static readonly ProcessId Other = new("other:1", 2);

    [Fact]
    public void Where_there_is_nobody_one_founds() => Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Row(Self)]).Finding);

    [Fact]
    public void Others_that_are_searching_too_are_nobody() => Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Row(Self), Row(Other)]).Finding);

    [Fact]
    public void A_former_life_at_ones_own_address_is_nobody() =>
        Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Row(Self with { Uid = 9 }, member: true)]).Finding);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Members_and_founders_are_joined_once_they_are_seen_to_live(bool member, bool founder)
    {
        var (search, first) = new Discovery().Observe(Self, [Row(Other, member, founder, beat: 5)]);
        Assert.IsType<DiscoveryResult.Undecided>(first);
        Assert.Equal("other:1", Assert.Single(Assert.IsType<DiscoveryResult.Members>(search.Observe(Self, [Row(Other, member, founder, beat: 6)]).Finding).Addresses));
    }

    [Fact]
    public void The_silent_are_given_up_after_so_many_looks_and_not_before()
    {
        var search = new Discovery();
        for (var look = 1; look <= Discovery.MaxMissedHeartbeats; look++)
        {
            (search, var finding) = search.Observe(Self, [Row(Other, member: true)]);
            Assert.IsType<DiscoveryResult.Undecided>(finding);
        }

        Assert.IsType<DiscoveryResult.NoMembers>(search.Observe(Self, [Row(Other, member: true)]).Finding);
    }

    [Fact]
    public void One_beat_is_enough_to_live() =>
        Gen.Int[0, Discovery.MaxMissedHeartbeats - 1].Sample(silent =>
        {
            var search = new Discovery();
            for (var look = 0; look <= silent; look++)
            {
                (search, _) = search.Observe(Self, [Row(Other, member: true, beat: 1)]);
            }

            return search.Observe(Self, [Row(Other, member: true, beat: 2)]).Finding is DiscoveryResult.Members;
        });

    [Fact]
    public void The_living_are_joined_and_the_silent_are_not()
    {
        var silent = new ProcessId("silent:1", 3);
        var (search, _) = new Discovery().Observe(Self, [Row(silent, member: true), Row(Other, member: true, beat: 1)]);
        Assert.Equal("other:1", Assert.Single(Assert.IsType<DiscoveryResult.Members>(search.Observe(Self, [Row(silent, member: true), Row(Other, member: true, beat: 2)]).Finding).Addresses));
    }

    private static ProcessRecord Row(ProcessId process, bool member = false, bool founder = false, long beat = 0) => new(process, member, founder, beat);
}
