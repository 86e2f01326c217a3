using System.Diagnostics;
using System.Text.Json;

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

            using var kill = Process.Start("/bin/kill", ["-s", signal, $"{program.Process.Id}"]);
            await program.Process.WaitForExitAsync();

            Assert.Equal(0, program.Process.ExitCode);
            Assert.Empty(traces.Processes());
            Assert.Empty(directory.EnumerateFileSystemInfos());
        }

        directory.Delete();
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
