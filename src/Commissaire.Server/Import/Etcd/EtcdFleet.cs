using Commissaire.Contracts.Hosts;

namespace Commissaire.Import.Etcd;

/// <summary>Completes the records of an installation of 2017 with the credentials of its hosts.</summary>
internal static class EtcdFleet
{
    /// <summary>Returns the fleet. A host without a key is not taken, unless there is a key for such hosts.</summary>
    /// <param name="values">The keys of etcd.</param>
    /// <param name="secrets">Where the credentials are.</param>
    /// <param name="fallback">The key and the user for hosts that have no credentials.</param>
    /// <param name="ct">Cancels the reading.</param>
    public static async Task<Fleet> Read(
        IEnumerable<EtcdValue> values, IHostSecrets secrets, FallbackLogin fallback, CancellationToken ct)
    {
        var installation = Installation.Read(values);
        var (hosts, notTaken) = (new List<FleetHost>(), new List<FleetObject>(installation.Fleet.NotTaken));
        foreach (var host in installation.Hosts)
        {
            try
            {
                // Custodia is newer than keys in records.
                var kept = await secrets.Find(host.Address, ct);
                var credentials = kept is { PrivateKey.Length: > 0 } ? kept : host.Credentials;
                if ((credentials?.PrivateKey ?? fallback.PrivateKey) is not { } key)
                {
                    notTaken.Add(new FleetObject(FleetKind.Host, host.Address, NoKey(secrets)));
                    continue;
                }

                hosts.Add(new FleetHost(new RegisterHostRequest
                {
                    Address = host.Address,
                    SshPrivKey = key,
                    RemoteUser = credentials?.User ?? kept?.User ?? fallback.User,
                    Port = 22,
                    Cluster = host.Cluster,
                    Source = host.Source,
                    Bootstrap = FleetHost.Adopted,
                }));
            }
            catch (FormatException e)
            {
                notTaken.Add(new FleetObject(FleetKind.Host, host.Address, $"its credentials cannot be read: {e.Message}."));
            }
        }

        return installation.Fleet with { Hosts = hosts, NotTaken = notTaken };
    }

    private static string NoKey(IHostSecrets secrets) => secrets is NoSecrets
        ? "its key is missing. Name Custodia with --secrets, or a key with --ssh-key."
        : "its key is missing: Custodia has none for it. Name one with --ssh-key, or register the host by hand.";
}
