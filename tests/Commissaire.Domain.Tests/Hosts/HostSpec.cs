using System.Collections.Immutable;
using Commissaire.Hosts;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Given what happened to a host, when it is told something, then …</summary>
public abstract class HostSpec
{
    protected static Scene Given(params HostEvent[] history) => new(history.Aggregate(new HostState(HostScenario.Host, HostScenario.Settings), (host, e) => host.Evolve(e)));

    public sealed record Scene(HostState Host)
    {
        /// <summary>Tells it each in turn; what follows is about the last.</summary>
        public Ending When(params HostCommand[] commands)
        {
            var before = commands[..^1].Aggregate(Host, (host, command) => host.After(command));
            var (events, reply) = before.ApplyMessage(commands[^1], HostScenario.Now).Decide(commands[^1], HostScenario.Now);
            return new Ending(commands[^1], events, reply, before.After(commands[^1]));
        }
    }

    public sealed record Ending(HostCommand Command, ImmutableArray<HostEvent> Events, HostReply? Reply, HostState Host)
    {
        public Ending Then(params HostEvent[] expected)
        {
            Assert.Equal(expected, Events);
            return this;
        }

        public Ending ThenNothing()
        {
            Assert.IsNotType<HostReply.Refused>(Reply);
            return Then();
        }

        public void ThenRefused(HostRefusal why, string? detail = null) => Then().Saying(new HostReply.Refused(why, detail));

        public Ending Saying(HostReply? expected)
        {
            Assert.Equal(expected, Reply);
            return this;
        }

        public Ending Being(HostStatus status, string reason)
        {
            Assert.Equal((status, reason), (Host.View().Status, Host.View().Reason));
            return this;
        }

        public Ending Asking(params HostEffect[] outstanding)
        {
            Assert.Equal(outstanding, Host.Outstanding(HostScenario.Now));
            return this;
        }

        public void Knowing(HostFacts facts) => Assert.Equal(facts, Host.Facts);

        public void TwiceIsOnce() => Assert.Empty(Host.Decide(Command, HostScenario.Now).Events);
    }
}
