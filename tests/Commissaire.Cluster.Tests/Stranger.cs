using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Transport.DotNetty;

namespace Commissaire.Cluster.Tests;

/// <summary>An actor system that is no process of Commissaire, and sends messages to one.</summary>
public sealed class Stranger : IAsyncDisposable
{
    private readonly ActorSystem _system;

    /// <param name="certificate">Its certificate; null for no TLS.</param>
    public Stranger(X509Certificate2? certificate)
    {
        var setup = ActorSystemSetup.Empty.And(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = {{(certificate is null ? "off" : "on")}} }
            }
            """)));
        _system = ActorSystem.Create("commissaire", certificate is null ? setup : setup.And(
            new DotNettySslSetup(certificate, suppressValidation: false, requireMutualAuthentication: true, (_, _, _, _, _) => true)));
    }

    /// <summary>The address of a process for this system: without TLS, the protocol has another name.</summary>
    public string AddressOf(string process) => process.Replace("akka.ssl.tcp", Protocol, StringComparison.Ordinal);

    private string Protocol => ((ExtendedActorSystem)_system).Provider.DefaultAddress.Protocol;

    /// <summary>Sends a message to an actor.</summary>
    public void Send(string path, object message) => _system.ActorSelection(path).Tell(message);

    /// <summary>Stops an actor as its parent would.</summary>
    public void Terminate(string path) =>
        ((IInternalActorRef)((ExtendedActorSystem)_system).Provider.ResolveActorRef(path)).SendSystemMessage(new Terminate());

    /// <summary>Creates an actor in the other process.</summary>
    public void Deploy(string process) =>
        _system.ActorOf(Props.Create<Deployed>().WithDeploy(Akka.Actor.Deploy.None.WithScope(new RemoteScope(Address.Parse(process)))));

    /// <summary>Joins the cluster of a process.</summary>
    public void Join(string process) => Akka.Cluster.Cluster.Get(_system).Join(Address.Parse(process));

    /// <summary>Returns the message by which a member's daemon would down another member.</summary>
    public static object Down(string process) => Activator.CreateInstance(
        typeof(Akka.Cluster.Cluster).Assembly.GetType("Akka.Cluster.ClusterUserAction+Down", throwOnError: true)!, Address.Parse(process))!;

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class Deployed : ReceiveActor;
}
