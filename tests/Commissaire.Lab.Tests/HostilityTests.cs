using System.Net.Sockets;
using System.Text;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

/// <summary>Hosts that harm their clients.</summary>
public sealed class HostilityTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private LabEnvironment Lab => fixture.Lab;

    public static TheoryData<string, string> Greetings => new()
    {
        { nameof(Hostility.Greeting), "SSH-2.0-OpenSSH_9.9\r\n" },
        { nameof(Hostility.EndlessLines), "Welcome. Please wait.\r\nWelcome. Please wait.\r\n" },
        { nameof(Hostility.EndlessLine), "Welcome. Please wait. Welcome. Please wait. " },
        { nameof(Hostility.HugePacket), "SSH-2.0-OpenSSH_9.9\r\n\u007f???" },
        { nameof(Hostility.EndlessIgnores), "SSH-2.0-OpenSSH_9.9\r\n\0\0\0\u001c\u0006\u0002\0\0\0\u00100123456789abcdef" },
    };

    [Theory]
    [MemberData(nameof(Greetings))]
    public async Task An_impostor_says_what_it_is_told_to(string hostility, string expected)
    {
        var impostor = Lab.AddImpostor((Hostility)typeof(Hostility).GetProperty(hostility)!.GetValue(null)!);
        using var client = new TcpClient();
        await client.ConnectAsync(impostor.Address, impostor.Port);
        var read = new byte[expected.Length];

        await client.GetStream().ReadExactlyAsync(read).AsTask().WaitAsync(WaitLimit.Value);

        Assert.Equal(expected, Encoding.ASCII.GetString(read));
        Assert.Equal(1, impostor.Connections);
    }

    [Fact]
    public async Task An_impostor_stalls_after_a_number_of_bytes_of_a_real_host()
    {
        var impostor = Lab.AddImpostor(new Hostility.StallsAfter(await fixture.Host(), 7));
        using var client = new TcpClient();
        await client.ConnectAsync(impostor.Address, impostor.Port);
        var read = new byte[7];

        await client.GetStream().ReadExactlyAsync(read).AsTask().WaitAsync(WaitLimit.Value);

        Assert.Equal("SSH-2.0", Encoding.ASCII.GetString(read));
    }

    [Fact]
    public async Task A_host_runs_one_command_in_place_of_every_other()
    {
        var host = await Lab.AddHost(new LabHostOptions { ForceCommand = "echo $SSH_ORIGINAL_COMMAND" });

        Assert.Equal(new SshResult(0, "uname -r\n", ""), await Ssh.Run(Lab, host, "uname -r"));
    }
}
