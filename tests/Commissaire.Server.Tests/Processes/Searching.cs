using Commissaire.Processes;
using CsCheck;

namespace Commissaire.Server.Tests.Processes;

public sealed class Searching
{
    private static readonly ProcessId Self = new("me:1", 1);
    private static readonly ProcessId Other = new("other:1", 2);

    [Fact]
    public void Where_there_is_nobody_one_founds() => Assert.IsType<Finding.Nobody>(new Discovery().Look(Self, [Row(Self)]).Finding);

    [Fact]
    public void Others_that_are_searching_too_are_nobody() => Assert.IsType<Finding.Nobody>(new Discovery().Look(Self, [Row(Self), Row(Other)]).Finding);

    [Fact]
    public void A_former_life_at_ones_own_address_is_nobody() =>
        Assert.IsType<Finding.Nobody>(new Discovery().Look(Self, [Row(Self with { Uid = 9 }, member: true)]).Finding);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Members_and_founders_are_joined_once_they_are_seen_to_live(bool member, bool founder)
    {
        var (search, first) = new Discovery().Look(Self, [Row(Other, member, founder, beat: 5)]);
        Assert.IsType<Finding.Wait>(first);
        Assert.Equal("other:1", Assert.Single(Assert.IsType<Finding.Members>(search.Look(Self, [Row(Other, member, founder, beat: 6)]).Finding).Addresses));
    }

    [Fact]
    public void The_silent_are_given_up_after_so_many_looks_and_not_before()
    {
        var search = new Discovery();
        for (var look = 1; look <= Discovery.MaxMissedBeats; look++)
        {
            (search, var finding) = search.Look(Self, [Row(Other, member: true)]);
            Assert.IsType<Finding.Wait>(finding);
        }

        Assert.IsType<Finding.Nobody>(search.Look(Self, [Row(Other, member: true)]).Finding);
    }

    [Fact]
    public void One_beat_is_enough_to_live() =>
        Gen.Int[0, Discovery.MaxMissedBeats - 1].Sample(silent =>
        {
            var search = new Discovery();
            for (var look = 0; look <= silent; look++)
            {
                (search, _) = search.Look(Self, [Row(Other, member: true, beat: 1)]);
            }

            return search.Look(Self, [Row(Other, member: true, beat: 2)]).Finding is Finding.Members;
        });

    [Fact]
    public void The_living_are_joined_and_the_silent_are_not()
    {
        var silent = new ProcessId("silent:1", 3);
        var (search, _) = new Discovery().Look(Self, [Row(silent, member: true), Row(Other, member: true, beat: 1)]);
        Assert.Equal("other:1", Assert.Single(Assert.IsType<Finding.Members>(search.Look(Self, [Row(silent, member: true), Row(Other, member: true, beat: 2)]).Finding).Addresses));
    }

    private static ProcessRow Row(ProcessId process, bool member = false, bool founder = false, long beat = 0) => new(process, member, founder, beat);
}
