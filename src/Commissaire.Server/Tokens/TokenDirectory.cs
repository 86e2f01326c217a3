using System.Text.Json;
using Commissaire.Contracts;
using Commissaire.Contracts.Tokens;
using Commissaire.Http;
using Commissaire.Storage;

namespace Commissaire.Tokens;

/// <summary>The rows that the list of enrolment tokens is read from: each is the token's JSON as it is shown, without its secret.</summary>
internal sealed class TokenDirectory(EntityDirectory directory)
{
    /// <summary>Writes a token's row.</summary>
    public Task Save(TokenView token, long sequence) =>
        directory.Save(EntityDirectory.Token, token.Token.Value, sequence, Answers.Utf8(Resource(token), ContractsJson.Default.TokenResource));

    /// <summary>Every token's JSON, the oldest first.</summary>
    public async Task<IReadOnlyList<byte[]>> All(CancellationToken ct)
    {
        var rows = new List<(string CreatedAt, byte[] Json)>();
        await foreach (var row in directory.Documents(EntityDirectory.Token, ct))
        {
            rows.Add((JsonSerializer.Deserialize(row, ContractsJson.Default.TokenResource)!.CreatedAt, row));
        }

        return [.. rows.OrderBy(r => r.CreatedAt, StringComparer.Ordinal).Select(r => r.Json)];
    }

    /// <summary>A token as it is shown.</summary>
    public static TokenResource Resource(TokenView t) => new(
        t.Token.Value, t.Cluster.Value, Timestamps.Of(t.ExpiresAt), t.Uses, t.UsesLeft, t.CreatedBy, Timestamps.Of(t.CreatedAt), t.Revoked);
}
