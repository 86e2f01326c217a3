using Commissaire.Processes;
using CsCheck;

namespace Commissaire.Server.Tests.Processes;

public sealed class DiscoveryTests
{
    private static readonly ProcessId Self = new("me:1", 1);
    private static readonly ProcessId Other = new("other:1", 2);

    [Fact]
    public void Without_members_a_process_founds_the_cluster() =>
        Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Record(Self)]).Result);

    [Fact]
    public void Searching_processes_are_not_members() =>
        Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Record(Self), Record(Other)]).Result);

    [Fact]
    public void A_previous_process_at_the_same_address_is_ignored() =>
        Assert.IsType<DiscoveryResult.NoMembers>(new Discovery().Observe(Self, [Record(Self with { Uid = 9 }, member: true)]).Result);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Members_and_founders_are_joined_after_a_heartbeat(bool member, bool founder)
    {
        var (discovery, first) = new Discovery().Observe(Self, [Record(Other, member, founder, heartbeat: 5)]);
        Assert.IsType<DiscoveryResult.Undecided>(first);
        AssertMembers(discovery.Observe(Self, [Record(Other, member, founder, heartbeat: 6)]).Result);
    }

    [Fact]
    public void A_member_without_heartbeats_is_dead_after_the_maximum()
    {
        var discovery = new Discovery();
        for (var observation = 1; observation <= Discovery.MaxMissedHeartbeats; observation++)
        {
            (discovery, var result) = discovery.Observe(Self, [Record(Other, member: true)]);
            Assert.IsType<DiscoveryResult.Undecided>(result);
        }

        Assert.IsType<DiscoveryResult.NoMembers>(discovery.Observe(Self, [Record(Other, member: true)]).Result);
    }

    [Fact]
    public void One_heartbeat_proves_a_member_alive() =>
        Gen.Int[0, Discovery.MaxMissedHeartbeats - 1].Sample(silent =>
        {
            var discovery = new Discovery();
            for (var observation = 0; observation <= silent; observation++)
            {
                (discovery, _) = discovery.Observe(Self, [Record(Other, member: true, heartbeat: 1)]);
            }

            return discovery.Observe(Self, [Record(Other, member: true, heartbeat: 2)]).Result is DiscoveryResult.Members;
        });

    [Fact]
    public void Only_members_with_heartbeats_are_joined()
    {
        var silent = new ProcessId("silent:1", 3);
        var (discovery, _) = new Discovery().Observe(Self, [Record(silent, member: true), Record(Other, member: true, heartbeat: 1)]);
        AssertMembers(discovery.Observe(Self, [Record(silent, member: true), Record(Other, member: true, heartbeat: 2)]).Result);
    }

    private static void AssertMembers(DiscoveryResult result) =>
        Assert.Equal("other:1", Assert.Single(Assert.IsType<DiscoveryResult.Members>(result).Addresses));

    private static ProcessRecord Record(ProcessId process, bool member = false, bool founder = false, long heartbeat = 0) =>
        new(process, member, founder, heartbeat);
}
