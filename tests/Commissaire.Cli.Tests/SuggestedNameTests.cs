namespace Commissaire.Cli.Tests;

/// <summary>A name that the server does not know is answered with the nearest known name.</summary>
public sealed class SuggestedNameTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public SuggestedNameTests() => commctl.Server
        .On("GET /clusters", """["staging", "production"]""").On("GET /hosts", """[{"address":"10.0.0.12"},{"address":"10.0.0.13"}]""")
        .On("GET /networks", """["default"]""").On("GET /containermanagers", """["ocp"]""");

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster get prodction", 0, "commctl: No such object. Did you mean 'production'?\n")]
    [InlineData("cluster delete prodction", 0, "commctl: No such object. Did you mean 'production'?\n")]
    [InlineData("cluster restart start prodction", 2, "commctl cluster: error: No such object. Did you mean 'production'?\n")]
    [InlineData("cluster restart start --wait prodction", 2, "commctl cluster: error: No such object. Did you mean 'production'?\n")]
    [InlineData("cluster history prodction", 0, "commctl: No such object. Did you mean 'production'?\n")]
    [InlineData("host join 10.0.0.1 production", 2, "commctl host: error: No such object. Did you mean '10.0.0.12'?\n")]
    [InlineData("host join 10.0.0.12 stagng", 2, "commctl host: error: No such object. Did you mean 'staging'?\n")]
    [InlineData("network get defualt", 0, "commctl: No such object. Did you mean 'default'?\n")]
    [InlineData("container_manager get opc", 0, "commctl: No such object.\n")]
    [InlineData("cluster restart status production", 0, "commctl: No such object.\n")]
    [InlineData("cluster get zzz", 0, "commctl: No such object.\n")]
    public async Task The_nearest_name_is_suggested(string line, int exitCode, string error)
    {
        var result = await commctl.Run(line);

        Assert.Equal((exitCode, error), (result.ExitCode, result.Error));
    }
}
