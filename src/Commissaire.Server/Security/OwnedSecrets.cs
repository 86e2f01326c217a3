using System.Collections.Immutable;

namespace Commissaire.Security;

/// <summary>
/// The secrets of one entity, which alone stores and removes them: so none is left that it does not refer to, not by a request whose client
/// went away, and not by a process that died. Operations run one after the other, so that a removal never meets a secret that is added
/// later.
/// </summary>
internal sealed class OwnedSecrets(SecretStore store)
{
    private readonly HashSet<string> _undecided = new(StringComparer.Ordinal);
    private Task _last = Task.CompletedTask;

    /// <summary>
    /// Stores secrets, and keeps them until <see cref="Decided"/>. The entity calls it before it records that it refers to them.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">A secret was not stored.</exception>
    public Task Add(ImmutableArray<EncryptedSecret> secrets)
    {
        _undecided.UnionWith(secrets.Select(s => s.Id));
        return Then(() => Task.WhenAll(secrets.Select(store.Add)));
    }

    /// <summary>Forgets secrets that were added: from now on <see cref="KeepOnly"/> keeps them only if they are in use.</summary>
    public void Decided(ImmutableArray<EncryptedSecret> secrets) => _undecided.ExceptWith(secrets.Select(s => s.Id));

    /// <summary>Removes all secrets of an owner but those in use, and those that the entity has not decided about.</summary>
    public Task KeepOnly(string owner, IEnumerable<string> used)
    {
        var kept = used.Concat(_undecided).ToHashSet(StringComparer.Ordinal);
        return Then(async () =>
        {
            foreach (var id in (await store.Ids(owner)).Where(id => !kept.Contains(id)))
            {
                await store.Remove(id);
            }
        });
    }

    private Task Then(Func<Task> operation)
    {
        return _last = AfterLast(_last);

        async Task AfterLast(Task last)
        {
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await operation();
        }
    }
}
