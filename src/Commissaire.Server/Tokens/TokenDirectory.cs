using System.Text.Json;
using Commissaire.Contracts;
using Commissaire.Storage;

namespace Commissaire.Tokens;

/// <summary>The rows that <c>GET /tokens</c> lists: each holds the token as HTTP shows it, without its secret.</summary>
internal sealed class TokenDirectory(EntityDirectory directory)
{
    public Task Save(TokenView token, long sequence)
    {
        var document = Answers.Utf8(TokenAnswers.Resource(token), ContractsJson.Default.TokenResource);
        return directory.Save(EntityDirectory.Token, token.Token.Value, sequence, document);
    }

    /// <summary>The JSON of every token, oldest first.</summary>
    public async Task<IReadOnlyList<byte[]>> All(CancellationToken ct)
    {
        var rows = new List<(string CreatedAt, byte[] Json)>();
        await foreach (var row in directory.Documents(EntityDirectory.Token, ct))
        {
            rows.Add((JsonSerializer.Deserialize(row, ContractsJson.Default.TokenResource)!.CreatedAt, row));
        }

        return [.. rows.OrderBy(r => r.CreatedAt, StringComparer.Ordinal).Select(r => r.Json)];
    }
}
