using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using k8s;

namespace Commissaire.Lab.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task Killing_the_program_ends_every_process_of_its_hosts()
    {
        await using var program = await UpProgram.Start("up", "2");
        var traces = Traces.Of(program.LabDirectory);
        Assert.NotEmpty(traces.Processes());

        program.Process.Kill();

        await Eventually.True(() => traces.Processes().Count == 0, "no process of the hosts is left");
    }

    [Fact]
    public async Task What_a_killed_program_left_is_cleared_away_by_the_next_lab()
    {
        await using var program = await UpProgram.Start("up");
        var traces = Traces.Of(program.LabDirectory);
        program.Process.Kill();
        await Eventually.True(() => traces.Processes().Count == 0, "no process of the hosts is left");

        await using var next = await LabEnvironment.Start();

        await Eventually.True(() => !Directory.Exists(program.LabDirectory), "the directory is cleared away, by this lab or another");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_it_and_leaves_nothing(string signal)
    {
        var directory = Directory.CreateTempSubdirectory("commissaire-lab-test");
        await using (var program = await UpProgram.Start("up", "3", "--os", "fedora,centos,atomic", "--dir", directory.FullName))
        {
            var traces = Traces.Of(directory.FullName);
            using (var lab = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory.FullName, "lab.json"))))
            {
                Assert.Equal(
                    ["fedora", "centos", "atomic"],
                    lab.RootElement.GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("os").GetString()));
            }

            Assert.Equal(0, await program.End(signal));
            Assert.Empty(traces.Processes());
            Assert.Empty(directory.EnumerateFileSystemInfos());
        }

        directory.Delete();
    }

    [Fact]
    public async Task It_brings_a_kubernetes_api_whose_nodes_its_hosts_are()
    {
        await using var program = await UpProgram.Start("up", "2", "--kubernetes");
        using var lab = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(program.LabDirectory, "lab.json")));
        var kubernetes = lab.RootElement.GetProperty("kubernetes");
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration
        {
            Host = kubernetes.GetProperty("url").GetString(),
            AccessToken = kubernetes.GetProperty("token").GetString(),
            SslCaCerts = [X509CertificateLoader.LoadCertificateFromFile(kubernetes.GetProperty("caPath").GetString()!)],
        });

        var addresses = lab.RootElement.GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("address").GetString());
        var known = new HashSet<string>();
        await foreach (var (_, node) in client.CoreV1.WatchListNodeAsync(timeoutSeconds: (int)WaitLimit.Value.TotalSeconds))
        {
            known.Add(node.Metadata.Name);
            if (known.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(addresses.Order(), known.Order());
        Assert.Equal(0, await program.End("TERM"));
        Assert.False(Directory.Exists(program.LabDirectory));
    }

    [Fact]
    public async Task A_second_lab_in_the_same_directory_is_refused()
    {
        var directory = Directory.CreateTempSubdirectory("commissaire-lab-test");
        await using (await LabEnvironment.Start(new LabOptions { Directory = directory.FullName }))
        {
            await Assert.ThrowsAsync<LabException>(() => LabEnvironment.Start(new LabOptions { Directory = directory.FullName }));
        }

        directory.Delete();
    }
}
