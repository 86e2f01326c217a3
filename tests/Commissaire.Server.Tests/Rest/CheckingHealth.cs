using System.CommandLine;
using System.Globalization;
using Commissaire.Configuration;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>The <c>--healthcheck</c> option.</summary>
[Collection(OneServer.Name)]
public sealed class CheckingHealth(SharedServer shared)
{
    [Fact]
    public async Task A_server_that_is_ready_is_healthy() => Assert.Equal((0, ""), await Asked(shared.Server.Http.BaseAddress!.Port));

    [Fact]
    public async Task A_server_that_does_not_answer_is_unhealthy()
    {
        var (code, says) = await Asked(1);
        Assert.Equal(1, code);
        Assert.Contains("http://127.0.0.1:1/healthz/ready does not answer", says);
    }

    private static async Task<(int Code, string Says)> Asked(int port)
    {
        using var error = new StringWriter();
        var code = await CommandLine.Command((_, _) => throw new InvalidOperationException("started a server"))
            .Parse(["--no-config-file", "--healthcheck", "-p", port.ToString(CultureInfo.InvariantCulture)])
            .InvokeAsync(new InvocationConfiguration { Error = error });
        return (code, error.ToString());
    }
}
