using System.Net;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;

namespace Commissaire.Processes;

/// <summary>Configures Akka.Remote and Akka.Cluster between the processes of an installation.</summary>
internal static class Remoting
{
    /// <summary>
    /// Configures the cluster of one process, which listens for no other. Sharding needs a cluster even then; its transport stays in
    /// memory.
    /// </summary>
    public static AkkaConfigurationBuilder WithOneProcess(this AkkaConfigurationBuilder akka) => akka
        .AddHocon(
            $$"""
            akka.remote {
              enabled-transports = ["akka.remote.memory"]
              memory {
                transport-class = "{{typeof(TestTransport).AssemblyQualifiedName}}"
                applied-adapters = []
                registry-key = "{{Guid.NewGuid()}}"
                local-address = "memory://commissaire@127.0.0.1:1"
                scheme-identifier = memory
                maximum-payload-bytes = 32MiB
              }
            }
            """, HoconAddMode.Prepend)
        .WithClustering(new ClusterOptions { Roles = [ProcessSettings.Api, ProcessSettings.Worker] })
        .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress));

    /// <summary>
    /// Listens for other processes, with mutual TLS. A lease in the shared database decides which side of a partition survives.
    /// </summary>
    public static AkkaConfigurationBuilder WithProcesses(this AkkaConfigurationBuilder akka, ProcessSettings settings, MutualTls tls) =>
        akka.AddHocon(
            $$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{settings.Interface}}"
              public-hostname = "{{settings.Host}}"
              port = {{settings.Port}}
              enable-ssl = on
            }
            akka.cluster.split-brain-resolver {
              active-strategy = lease-majority
              lease-majority { lease-implementation = "commissaire.lease", acquire-lease-delay-for-minority = 5s, release-after = 10s }
            }
            commissaire.lease {
              lease-class = "{{typeof(DatabaseLease).AssemblyQualifiedName}}"
              heartbeat-timeout = 15s
              heartbeat-interval = 5s
              lease-operation-timeout = 5s
            }
            """, HoconAddMode.Prepend)
        .AddSetup(new DotNettySslSetup(tls.Certificate, suppressValidation: false, requireMutualAuthentication: true,
            (offered, chain, _, _, _) => offered is not null && ProcessCertificates.Verify(offered, chain, tls.Authorities)))
        .WithAcceptedMessages()
        .WithClustering(new ClusterOptions { Roles = [.. settings.Roles] });

    /// <summary>Converts a failure to listen for other processes into an error for the operator; returns null for other failures.</summary>
    public static StartupException? ExplainBindFailure(Exception failure, ProcessSettings settings)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is RemoteTransportException)
            {
                return new StartupException(
                    $"Cannot listen for other processes on {new IPEndPoint(settings.Interface, settings.Port)}: "
                    + $"{e.GetBaseException().Message}. Set another --cluster-interface or --cluster-port.");
            }
        }

        return null;
    }
}
