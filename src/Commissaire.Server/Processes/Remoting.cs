using System.Net;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Commissaire.Security;

namespace Commissaire.Processes;

/// <summary>Configures Akka.Remote and Akka.Cluster between the processes of an installation.</summary>
internal static class Remoting
{
    /// <summary>Listens for other processes. A lease in a shared database decides which side of a partition survives.</summary>
    public static AkkaConfigurationBuilder WithProcesses(this AkkaConfigurationBuilder akka, ProcessSettings settings, bool shared)
    {
        akka.AddHocon(
            $$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{settings.Interface}}"
              public-hostname = "{{settings.Host}}"
              port = {{settings.Port}}
              enable-ssl = {{(settings.Tls is null ? "off" : "on")}}
            }
            """, HoconAddMode.Prepend);
        if (settings.Tls is { } tls)
        {
            akka.AddSetup(new DotNettySslSetup(tls.Certificate, suppressValidation: false, requireMutualAuthentication: true,
                (offered, chain, _, _, _) => offered is not null && Certificates.VerifyPeer(offered, chain, tls.Authorities)));
        }

        if (shared)
        {
            akka.AddHocon(
                $$"""
                akka.cluster.split-brain-resolver {
                  active-strategy = lease-majority
                  lease-majority { lease-implementation = "commissaire.lease", acquire-lease-delay-for-minority = 2s, release-after = 10s }
                }
                commissaire.lease {
                  lease-class = "{{typeof(DatabaseLease).AssemblyQualifiedName}}"
                  heartbeat-timeout = 15s
                  heartbeat-interval = 5s
                  lease-operation-timeout = 5s
                }
                """, HoconAddMode.Prepend);
        }

        return akka.WithClustering(new ClusterOptions { Roles = [.. settings.Roles] });
    }

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
