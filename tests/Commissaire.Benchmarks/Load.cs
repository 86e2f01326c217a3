using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Commissaire.Benchmarks;

/// <summary>Many clients that do the same work at once.</summary>
internal static class Load
{
    /// <summary>The number of clients.</summary>
    public const int Connections = 64;

    /// <summary>The rate per second over 64 connections.</summary>
    public static async Task<double> PerSecond(TimeSpan duration, Func<int, Task> work)
    {
        var count = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (clock.Elapsed < duration)
            {
                await work(Interlocked.Increment(ref count));
            }
        }));
        return count / clock.Elapsed.TotalSeconds;
    }

    public static void Print(string name, double ours, double floor, string unit) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{name,-12} {ours,12:0} {unit} {floor,12:0} {unit} {ours / floor,8:0.00}"));

    public static string PrivateKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));
    }
}
