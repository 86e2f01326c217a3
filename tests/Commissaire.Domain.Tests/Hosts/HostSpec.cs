using System.Collections.Immutable;
using Commissaire.Hosts;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Given the events of a host, when it handles commands, then …</summary>
public abstract class HostSpec
{
    protected static Scenario Given(params HostEvent[] history) =>
        new(history.Aggregate(new HostState(HostSamples.Host, HostSamples.Settings), (host, e) => host.Evolve(e)));

    public sealed record Scenario(HostState Host)
    {
        /// <summary>Handles the commands in order. The outcome is that of the last one.</summary>
        public Outcome When(params HostCommand[] commands)
        {
            var before = commands[..^1].Aggregate(Host, (host, command) => host.After(command));
            var (events, reply) = before.ApplyMessage(commands[^1], HostSamples.Now).Decide(commands[^1], HostSamples.Now);
            return new Outcome(commands[^1], events, reply, before.After(commands[^1]));
        }
    }

    public sealed record Outcome(HostCommand Command, ImmutableArray<HostEvent> Events, HostReply? Reply, HostState Host)
    {
        public Outcome Then(params HostEvent[] expected)
        {
            Assert.Equal(expected, Events);
            return this;
        }

        public Outcome ThenNothing()
        {
            Assert.IsNotType<HostReply.Refused>(Reply);
            return Then();
        }

        public void ThenRefused(HostRefusal reason, string? detail = null) => Then().WithReply(new HostReply.Refused(reason, detail));

        public Outcome WithReply(HostReply? expected)
        {
            Assert.Equal(expected, Reply);
            return this;
        }

        public Outcome WithStatus(HostStatus status, string reason)
        {
            Assert.Equal((status, reason), (Host.View().Status, Host.View().Reason));
            return this;
        }

        public Outcome WithEffects(params HostEffect[] outstanding)
        {
            Assert.Equal(outstanding, Host.Outstanding(HostSamples.Now));
            return this;
        }

        public void WithFacts(HostFacts facts) => Assert.Equal(facts, Host.Facts);

        public void ThenRepeatingChangesNothing() => Assert.Empty(Host.Decide(Command, HostSamples.Now).Events);
    }
}
