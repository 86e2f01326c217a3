namespace Commissaire.Http;

/// <summary>No server answered.</summary>
internal sealed class Unreachable(IReadOnlyList<(Uri Endpoint, string Why)> tried)
    : Exception($"No servers could be reached. Tried the following: {string.Join(", ", tried.Select(t => $"{Api.Show(t.Endpoint)} ({t.Why})"))}. Start one, or name another with --endpoint.");
