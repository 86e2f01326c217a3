using Commissaire.Shell;
using Renci.SshNet.Common;

namespace Commissaire.Server.Tests.Shell;

public sealed class BannerLimitTests
{
    [Fact]
    public void A_connection_with_more_than_32_banners_is_ended()
    {
        var limit = new BannerLimit();
        for (var banner = 0; banner < 32; banner++)
        {
            limit.Count(null, EventArgs.Empty);
        }

        var error = Assert.Throws<SshException>(() => limit.Count(null, EventArgs.Empty));
        Assert.Equal("the host sent more than 32 banners", error.Message);
    }
}
