using System.Net;
using Commissaire.Hosts;
using CsCheck;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostAddressTests
{
    [Theory]
    [InlineData("10.2.0.2", "10.2.0.2")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("node1", "node1")]
    [InlineData("Node1.Example.ORG", "node1.example.org")]
    [InlineData("my_host-2.example", "my_host-2.example")]
    [InlineData("1.2.3.4.example", "1.2.3.4.example")]
    [InlineData("3com", "3com")]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:0db8::0001", "2001:db8::1")]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("fe80::1%eth0", "fe80::1%eth0")]
    [InlineData("FE80:0::1%Eth0.100", "fe80::1%Eth0.100")]
    [InlineData("[fe80::1%2]", "fe80::1%2")]
    [InlineData("fe80::1%25eth0", "fe80::1%eth0")]
    [InlineData("fe80::1%25", "fe80::1%25")]
    [InlineData("fe80::1%no-such-card", "fe80::1%no-such-card")]
    [InlineData("::ffff:10.2.0.2", "10.2.0.2")]
    [InlineData("::", "::")]
    public void An_address_has_one_canonical_form(string text, string canonical) => Assert.Equal(canonical, HostAddress.Parse(text).Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("999.1.1.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.4.")]
    [InlineData(".1.2.3.4")]
    [InlineData("1")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.-b")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a;reboot")]
    [InlineData("$(reboot)")]
    [InlineData("root@a")]
    [InlineData("a/b")]
    [InlineData("a:22")]
    [InlineData("10.2.0.2:22")]
    [InlineData("höst")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%a b")]
    [InlineData("fe80::1%a/b")]
    [InlineData("fe80::1%-a")]
    [InlineData("fe80::1%eth0%eth1")]
    [InlineData("fe80::1%interface-too-long")]
    [InlineData("2001:db8::1%eth0")]
    [InlineData("10.2.0.2%eth0")]
    [InlineData("node1%eth0")]
    [InlineData("[::1]:22")]
    [InlineData("[[::1]]")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("::1/64")]
    [InlineData("[10.2.0.2]")]
    [InlineData("[node1]")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("12345::")]
    [InlineData(":::")]
    [InlineData("::g")]
    [InlineData("::1\n")]
    [InlineData(" ::1")]
    public void Invalid_addresses_are_rejected(string? text) => Assert.False(HostAddress.TryParse(text, out _));

    [Fact]
    public void A_label_has_at_most_63_characters_and_a_name_253()
    {
        var label = new string('a', 63);
        Assert.True(HostAddress.TryParse($"{label}.{label}", out _));
        Assert.False(HostAddress.TryParse($"{label}a.b", out _));
        Assert.True(HostAddress.TryParse($"{label}.{label}.{label}.{label[..61]}", out _));
        Assert.False(HostAddress.TryParse($"{label}.{label}.{label}.{label[..62]}", out _));
    }

    [Fact]
    public void The_error_for_an_invalid_address_describes_a_valid_one() =>
        Assert.Equal("'a b' is not a valid address: expected a host name, an IPv4 address or an IPv6 address.",
            Assert.Throws<FormatException>(() => HostAddress.Parse("a b")).Message);

    [Theory]
    [InlineData("10.2.0.2", "10.2.0.2")]
    [InlineData("::ffff:10.2.0.2", "10.2.0.2")]
    [InlineData("fe80::1%3", "fe80::1%3")]
    [InlineData("2001:db8::1%3", "2001:db8::1")]
    public void The_address_of_a_connection_is_normalized(string peer, string address) =>
        Assert.Equal(HostAddress.Parse(address), HostAddress.Of(IPAddress.Parse(peer)));

    [Fact]
    public void Every_numeric_address_is_valid_and_parses_to_itself() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.OneOfConst<byte>(0, 1, 255).Array[16]).Sample(bytes =>
        {
            var address = HostAddress.Of(new IPAddress(bytes));
            Assert.Equal(address, HostAddress.Parse(new IPAddress(bytes).ToString()));
            Assert.Equal(address, HostAddress.Parse(address.Value));
            Assert.Equal(address, HostAddress.Parse(address.Value.ToUpperInvariant()));
        });

    [Fact]
    public void The_canonical_form_of_an_address_parses_to_itself() =>
        Gen.String[Gen.Char["aA0129fxX.:-_%[]/ "], 0, 12].Sample(text =>
        {
            if (HostAddress.TryParse(text, out var address))
            {
                Assert.Equal(address, HostAddress.Parse(address.Value));
            }
        }, iter: 20_000);
}
