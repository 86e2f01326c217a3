using System.Diagnostics;
using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Databases;

namespace Commissaire.Cluster.Tests;

/// <summary>Processes that run and cannot reach each other.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private const int CutOff = 3;
    private const string Keys = """{"keys": [{"id": "k1", "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}""";

    private readonly List<Acceptance.Tests.Server> _servers = [];
    private Bridge _bridge = null!;
    private PrivatePostgres? _postgres;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _bridge = await Bridge.Build(3);
        try
        {
            _postgres = await PrivatePostgres.Start(_bridge.Here);
            _database = await _postgres.Database();
            _servers.AddRange(Enumerable.Range(1, 3).Select(New));
            await Task.WhenAll(_servers.Select(server => server.Start()));
            await Whole();
        }
        catch
        {
            // xunit does not dispose a test whose initialization failed.
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await (_postgres?.DisposeAsync() ?? default);
        await _bridge.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_side_of_a_partition_refuses_writes_with_the_reason_and_joins_again_when_it_can(bool majorityIsSuspended)
    {
        var (minority, majority) = (_servers[CutOff - 1], _servers[0]);
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyList<string>>[] writers = [Write(minority, "minor", stop.Token), Write(majority, "major", stop.Token)];
        if (majorityIsSuspended)
        {
            await Signal("STOP");
        }

        await _bridge.CutOff(CutOff);
        if (majorityIsSuspended)
        {
            await Eventually.Matches(() => Installation.TryGet(minority, "/processes"), seen => seen.Code == 200
                && seen.Json.GetArrayLength() == 1, "the minority continues alone");
            await Signal("CONT");
        }

        // On a machine that is so busy that the majority is late for the lease, the minority continues.
        var lost = await Eventually.Matches(
            async () => await Refuses(minority) ? minority : await Refuses(majority) ? majority : null, server => server is not null,
            "one side reports that it lost the others");
        var (survivor, members) = lost == minority ? (majority, 2) : (minority, 1);
        Assert.True(!majorityIsSuspended || survivor == minority, "The suspended majority continues.");
        await Eventually.Matches(() => Installation.TryGet(survivor, "/processes"), seen => seen.Code == 200
            && seen.Json.GetArrayLength() == members, "the other side continues without it");
        await Eventually.Matches(() => Asked(survivor, "/cluster/goes-on"), answer => answer.Code == 201, "the other side takes writes");
        Assert.Equal(503, (await Asked(lost!, "/cluster/refused")).Code);
        Assert.False(await lost!.IsReady());

        await _bridge.Heal(CutOff);
        await Whole();
        await Eventually.Matches(() => Asked(lost, "/cluster/back"), answer => answer.Code == 201, "it takes writes again");
        await stop.CancelAsync();

        Assert.DoesNotContain("refused", (await survivor.Get("/clusters")).Names);
        await AllAreThere(writers);

        Task Signal(string signal) => Task.WhenAll(_servers[..(CutOff - 1)].Select(server => Installation.Signal(server, signal)));
    }

    [Fact]
    public async Task One_that_is_cut_off_from_the_database_too_neither_serves_nor_founds()
    {
        var (minority, majority) = (_servers[CutOff - 1], _servers[0]);
        await _bridge.CutOff(CutOff);
        await _bridge.CutOffFromHere(CutOff);
        using var stop = new CancellationTokenSource();
        var writer = Write(majority, "major", stop.Token);
        await Eventually.Matches(() => Installation.TryGet(majority, "/processes"), seen => seen.Code == 200
            && seen.Json.GetArrayLength() == 2, "the others continue without it");
        await Eventually.True(() => minority.Output.Contains("Cluster heartbeat failed", StringComparison.Ordinal),
            "the process detects that it is alone");
        Assert.Equal("503", await AskThere("/healthz/ready"));
        await Eventually.True(() => minority.Output.Contains("Retrying every second.", StringComparison.Ordinal),
            "the process has left the cluster and cannot start again");

        await _bridge.Heal(CutOff);
        await _bridge.HealFromHere(CutOff);
        await Whole();
        await Eventually.Matches(() => Asked(minority, "/cluster/back"), seen => seen.Code == 201, "it takes writes again");
        await stop.CancelAsync();

        Assert.Equal(
            1, _servers.Sum(server => server.Output.Split("\"Message\":\"Found no other process: founding the cluster\"").Length - 1));
        await AllAreThere(writer);
    }

    private Acceptance.Tests.Server New(int machine)
    {
        var server = new Acceptance.Tests.Server("--database", $"{_database};Timeout=15;Command Timeout=15",
            "--cluster-interface", _bridge.Address(machine))
        {
            Wrapper = _bridge.On(machine),
            Address = _bridge.Address(machine),
        };
        Directory.CreateDirectory(server.DataDirectory);
        File.WriteAllText(Path.Combine(server.DataDirectory, "secret.keys"), Keys);
        return server;
    }

    // Every process knows all acknowledged writes afterwards.
    private async Task AllAreThere(params Task<IReadOnlyList<string>>[] writers)
    {
        foreach (var acknowledged in await Task.WhenAll(writers))
        {
            Assert.NotEmpty(acknowledged);
            foreach (var server in _servers)
            {
                Assert.Empty(acknowledged.Except((await server.Get("/clusters")).Names));
            }
        }
    }

    private static async Task<IReadOnlyList<string>> Write(Acceptance.Tests.Server server, string prefix, CancellationToken stop)
    {
        var acknowledged = new List<string>();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var answer = await Asked(server, $"/cluster/{prefix}-{i}");
            if (answer.Code == 201)
            {
                acknowledged.Add($"{prefix}-{i}");
            }

            Assert.True(answer.Code is 201 or 503 or 0, $"{answer}");
        }

        return acknowledged;
    }

    private static async Task<Reply> Asked(Acceptance.Tests.Server server, string path)
    {
        try
        {
            return await server.Put(path);
        }
        catch (HttpRequestException e)
        {
            return new Reply(0, e.Message);
        }
    }

    private static async Task<bool> Refuses(Acceptance.Tests.Server server) => await Asked(server, "/cluster/probe") is { Code: 503 } answer
        && answer.Body.Contains("lost sight of the others", StringComparison.Ordinal);

    // The status of an answer on the machine that is cut off.
    private async Task<string> AskThere(string path)
    {
        var server = _servers[CutOff - 1];
        string[] command =
            [.. _bridge.On(CutOff), "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", $"http://{server.Address}:{server.Port}{path}"];
        using var curl = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var status = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return status;
    }

    private async Task Whole() => await Eventually.Matches(
        async () => await Task.WhenAll(_servers.Select(server => Installation.TryGet(server, "/processes"))),
        seen => seen.All(
            s => s.Code == 200 && s.Json.EnumerateArray().Count(p => p.GetProperty("status").ToString() == "up") == _servers.Count),
        "all are one cluster");
}
