using System.Net;
using CsCheck;

namespace WgDynamic.Primitives.Tests;

public class IpPrefixTests
{
    private static readonly Gen<IpPrefix> _prefixes = Gen.OneOf(
        Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32], (bytes, length) => IpPrefix.Containing(new IpAddress(bytes), length)),
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 128], (bytes, length) => IpPrefix.Containing(new IpAddress(bytes), length)));

    [Fact]
    public void Every_prefix_survives_its_text() =>
        _prefixes.Sample(prefix => Assert.Equal(prefix, IpPrefix.Parse(prefix.ToString())));

    [Fact]
    public void Containment_is_that_of_the_base_class_library() =>
        Gen.Select(_prefixes, _prefixes, Gen.Int[0, 128]).Sample((a, b, keep) =>
        {
            // A neighbour that shares some leading bits is more telling than a random one.
            IpAddress near = IpPrefix.Containing(a.Last, Math.Min(keep, a.Address.BitLength)).Address;
            IPNetwork network = new(a.Address.ToIPAddress(), a.Length);
            Assert.Equal(network.Contains(near.ToIPAddress()), a.Contains(near));
            Assert.Equal(a.Family == b.Family && network.Contains(b.Address.ToIPAddress()), a.Contains(b.Address));
            Assert.Equal(a.Contains(b.Address) && a.Contains(b.Last), a.Contains(b));
            Assert.Equal(a.Contains(b) || b.Contains(a), a.Overlaps(b));
            Assert.True(a.Contains(a) && a.Overlaps(a));
        });

    [Fact]
    public void Offsets_go_beyond_64_bits_and_back() =>
        Gen.Select(_prefixes, Gen.ULong, Gen.ULong).Sample((prefix, high, low) =>
        {
            UInt128 offset = new(high, low);
            if (prefix.LastOffset != UInt128.MaxValue)
                offset %= prefix.LastOffset + 1;
            Assert.Equal(offset, prefix.OffsetOf(prefix[offset]));
            Assert.Equal(prefix.Address, prefix[0]);
            Assert.Equal(prefix.Last, prefix[prefix.LastOffset]);
        });

    [Fact]
    public void The_whole_of_IPv6_is_a_prefix_too()
    {
        IpPrefix all = IpPrefix.Parse("::/0");
        Assert.Equal(UInt128.MaxValue, all.LastOffset);
        Assert.Equal("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", all[UInt128.MaxValue].ToString());
        Assert.True(all.Contains(IpAddress.Parse("fe80::")));
        Assert.False(all.Contains(IpAddress.Parse("10.0.0.1")));
    }

    [Theory]
    [InlineData("10.0.0.0/8", 8)]
    [InlineData("10.0.0.1", 32)]
    [InlineData("fe80::", 128)]
    [InlineData("0.0.0.0/0", 0)]
    public void The_length_may_be_left_out_for_one_address(string text, int length) =>
        Assert.Equal(length, IpPrefix.Parse(text).Length);

    [Theory]
    [InlineData("10.0.0.1/8")] // host bits
    [InlineData("2001:db8::1/64")]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/256000")]
    public void What_is_not_a_prefix_is_refused(string text) => Assert.False(IpPrefix.TryParse(text, out _));

    [Fact]
    public void Host_bits_are_cleared_only_on_request()
    {
        Assert.Equal("10.0.0.0/8", IpPrefix.Containing(IpAddress.Parse("10.1.2.3"), 8).ToString());
        Assert.Equal("10.1.2.3/32", IpPrefix.Host(IpAddress.Parse("10.1.2.3")).ToString());
        Assert.True(IpPrefix.TrySplit("10.1.2.3/8"u8, out IpAddress address, out int length));
        Assert.Equal(("10.1.2.3", 8), (address.ToString(), length));
    }

    [Fact]
    public void A_prefix_sorts_right_before_what_it_contains() =>
        Assert.Equal(
            ["10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "11.0.0.0/8", "::/0"],
            new[] { "::/0", "10.1.0.0/16", "11.0.0.0/8", "10.0.0.0/16", "10.0.0.0/8" }.Select(text => IpPrefix.Parse(text)).Order().Select(prefix => prefix.ToString()));

    [Fact]
    public void Lengths_and_offsets_outside_are_refused()
    {
        IpPrefix prefix = IpPrefix.Parse("10.0.0.0/30");
        Assert.Throws<ArgumentOutOfRangeException>(() => prefix[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => prefix.OffsetOf(IpAddress.Parse("10.0.0.4")));
        Assert.Throws<ArgumentOutOfRangeException>(() => IpPrefix.Containing(prefix.Address, 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => IpPrefix.Containing(prefix.Address, -1));
    }
}
