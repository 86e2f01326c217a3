using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostHistoryTests
{
    public static TheoryData<HostEvent, string, string> Descriptions => new()
    {
        { Alone[0], "registered", "registered as user 'root' on port 22" },
        { new Registered(2222, "core", "s", "d", Key, Blue, "", Now), "registered",
            $"registered as user 'core' on port 2222 in cluster 'blue', host key {Key}" },
        { new HostKeyTrusted(Key, null, Now), "host-key-recorded", $"host key {Key} recorded at first contact" },
        { new HostKeyTrusted(Key, "ops", Now), "host-key-accepted", $"host key {Key} accepted by 'ops'" },
        { new Investigated(Facts, Now), "investigated",
            $"found fedora 40, kernel 6.8.5, 2 cpus, 4000000 KiB memory, 50000000 KiB space, boot {Boot}" },
        { new BootstrapPlanned(Plan.Network, ["install-docker", "start-docker"], Now), "bootstrap-planned",
            "to bootstrap for network 'default': install-docker, start-docker" },
        { new Adopted(new Adoption("its bootstrap is 'never'", false), Now), "adopted",
            "adopted as it is, without a bootstrap: its bootstrap is 'never'" },
        { new BootstrapStepStarted("install-docker", Now), "bootstrap-step-started", "started install-docker" },
        { new Bootstrapped(Now), "bootstrapped", "bootstrap is complete" },
        { new Recovered(Now), "recovered", "the host recovered" },
        { new Rebooted(OtherBoot, Now), "rebooted", $"rebooted, boot ID {OtherBoot}" },
        { new JoinedCluster(Blue, Now), "joined-cluster", "joined cluster 'blue'" },
        { new MembershipConfirmed(Blue, WithKube, Now), "membership-confirmed",
            "listed by cluster 'blue', whose container manager is 'kube'" },
        { new MembershipConfirmed(Blue, NoManager, Now), "membership-confirmed",
            "listed by cluster 'blue', which has no container manager" },
        { new LeftCluster(Blue, false, Now), "left-cluster", "left cluster 'blue'" },
        { new LeftCluster(Blue, true, Now), "left-cluster", "cluster 'blue' was deleted" },
        { new DepartureConfirmed(Blue, Now), "departure-confirmed", "no longer listed by cluster 'blue'" },
        { new NodeRegistrationStarted(Kube, Now), "node-registration-started", "asked container manager 'kube' to add the node" },
        { new NodeRegistered(Kube, Now), "node-registered", "is a node of container manager 'kube'" },
        { new NodeRemovalStarted(Kube, Now), "node-removal-started", "asked container manager 'kube' to remove the node" },
        { new NodeRemovalStarted(Kube, Now) { Release = true }, "node-removal-started",
            "asked container manager 'kube' to release the node, which stays" },
        { new NodeRemoved(Kube, Now), "node-removed", "no longer a node of container manager 'kube'" },
        { new NodeProblem(Kube, "connection refused", Now), "node-problem", "container manager 'kube': connection refused" },
        { new TurnBegan(TurnScenario.Run, 1, TurnScenario.Restart, ["preflight", "reboot"], Now), "turn-began",
            "restart (run 7): preflight, reboot" },
        { new TurnBegan(TurnScenario.Run, 1, TurnScenario.Deploy, [], Now), "turn-began", "deploy (run 7): turn began" },
        { new TurnStepStarted("preflight", null, Now), "turn-step-started", "started preflight" },
        { new TurnStepStarted("reboot", Boot, Now), "turn-step-started", $"started reboot in boot {Boot}" },
        { new TurnAlreadyRebooted(Now), "turn-already-rebooted", "the host rebooted after an earlier turn in this run told it to" },
        { new ImagesFound(new HostImages(ImageSamples.Old, ImageSamples.New, null), Now), "images-found",
            $"booted image {ImageSamples.Old.Pinned}, staged {ImageSamples.New.Pinned}" },
        { new TurnRolledBack(ImageSamples.Old, Now), "turn-rolled-back",
            $"the host runs its previous image again: {ImageSamples.Old.Pinned}" },
        { new TurnRebootNotNeeded(Now), "turn-reboot-not-needed", "no reboot is needed" },
        { new TurnFoundCordon(Now), "turn-found-cordon", "the node was already cordoned, and stays cordoned" },
        { new TurnEnded(TurnOutcome.Succeeded, "", "", "", false, Now), "turn-ended", "turn succeeded" },
        { new TurnEnded(TurnOutcome.Skipped, "", "no ostree", "", false, Now), "turn-ended", "skipped: no ostree" },
        { new TurnEnded(TurnOutcome.Failed, "wait-for-reboot", "no route", "", false, Now), "turn-ended",
            "turn failed in step wait-for-reboot: no route" },
        { new TurnAcknowledged(TurnScenario.Run, 1, Now), "turn-acknowledged", "run 7 acknowledged the end of the turn" },
        { new NodeUnusable(Kube, "is cordoned", Now), "node-unusable", "its node in container manager 'kube' is cordoned" },
        { new NodeUsable(Kube, Now), "node-usable", "its node in container manager 'kube' can carry work again" },
        { new CredentialsRead("ops", Now), "credentials-read", "the private key was read by 'ops'" },
        { new KeyRotationStarted("AAAA", "ops", Now), "key-rotation-started", "a new key is to be installed, asked for by 'ops'" },
        {
            new KeyReplaced("secret-2", "digest-2", "BBBB", "AAAA", "ops", Now), "key-replaced",
            "logs in with a new key from now on, asked for by 'ops'"
        },
        { new OldKeysRemoved(["AAAA"], Now), "old-keys-removed", "keys that are no longer used were removed from authorized_keys" },
        { new Released([], "ops", Now), "released", "released by 'ops'" },
        {
            new Released(["restored /etc/x", "removed /etc/y"], "ops", Now), "released",
            "released by 'ops': restored /etc/x; removed /etc/y"
        },
        { new CredentialsChanged(2222, "core", "secret-2", "digest-2", "ops", Now), "credentials-changed",
            "logs in as user 'core' on port 2222 from now on, changed by 'ops'" },
        { new Deleted(Now), "deleted", "deleted" },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void An_event_has_a_name_and_a_summary(HostEvent @event, string name, string summary) =>
        Assert.Equal(new HistoryLine(name, summary), HostState.Describe(@event));

    [Fact]
    public void The_output_of_a_command_is_part_of_the_history()
    {
        Assert.Equal(new HistoryLine("bootstrap-step-finished", "finished install-docker", "Complete!"),
            HostState.Describe(new BootstrapStepFinished("install-docker", "Complete!", Now)));
        Assert.Equal(new HistoryLine("turn-step-finished", "finished upgrade", "Complete!"),
            HostState.Describe(new TurnStepFinished("upgrade", "Complete!", Now)));
        Assert.Equal(new HistoryLine("turn-step-failed", "upgrade: no mirror", "404"),
            HostState.Describe(new TurnStepFailed("upgrade", "no mirror", "404", Now)));
        Assert.Equal(new HistoryLine("turn-ended", "turn failed in step upgrade: no mirror; its node was left cordoned", "404"),
            HostState.Describe(new TurnEnded(TurnOutcome.Failed, "upgrade", "no mirror", "404", true, Now)));
        Assert.Equal(new HistoryLine("failed", "no mirror", "404"), HostState.Describe(new Failed("no mirror", "404", null, Now)));
    }

    [Fact]
    public void Every_event_type_is_covered()
    {
        var covered = Descriptions.Select(s => s[0].GetType())
            .Concat([typeof(BootstrapStepFinished), typeof(Failed), typeof(TurnStepFinished), typeof(TurnStepFailed)]).ToHashSet();
        Assert.Empty(typeof(HostEvent).GetNestedTypes().Except(covered));
    }
}
