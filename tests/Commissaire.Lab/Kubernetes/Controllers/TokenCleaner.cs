using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>Removes expired bootstrap tokens.</summary>
internal sealed class TokenCleaner(Store store, Time time)
{
    public void Reconcile()
    {
        var expired = store.All(Kind.Secret, "kube-system")
            .Where(secret => secret.Text("type") is BootstrapTokens.Type && BootstrapTokens.Expired(secret, time.Now));
        foreach (var secret in expired)
        {
            store.Remove(Kind.Secret, secret.Namespace(), secret.Name());
        }
    }
}
