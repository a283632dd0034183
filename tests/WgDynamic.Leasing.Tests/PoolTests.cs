using CsCheck;
using static WgDynamic.Leasing.Tests.Peers;

namespace WgDynamic.Leasing.Tests;

public class PoolTests
{
    [Theory]
    [InlineData("10.0.0.0/24", 254)]
    [InlineData("10.0.0.0/30", 2)]
    [InlineData("10.0.0.0/31", 2)]
    [InlineData("10.0.0.7/32", 1)]
    [InlineData("2001:db8::/120", 256)]
    [InlineData("2001:db8::1/128", 1)]
    public void The_network_and_broadcast_address_of_IPv4_are_not_leased(string prefix, int size) =>
        Assert.Equal((UInt128)size, new Pool(Define(prefix), []).Size);

    [Fact]
    public void Addresses_and_numbers_agree_with_counting_by_hand() =>
        Gen.Select(Gen.Int[24, 32], Gen.Bool, Gen.Select(Gen.Int[22, 32], Gen.Int[0, 255]).Array[0, 8]).Sample((length, isIPv6, holes) =>
        {
            int shift = isIPv6 ? 96 : 0;
            IpPrefix Prefix(int bits, int last) => IpPrefix.Containing(isIPv6 ? Ip($"2001:db8::{last:x}") : Ip($"10.0.0.{last}"), bits + shift);
            IpPrefix prefix = Prefix(length, 64);
            IpPrefix[] exclusions = [.. holes.Select(hole => Prefix(hole.Item1, hole.Item2))];

            List<IpAddress> expected = [];
            for (UInt128 offset = 0; offset <= prefix.LastOffset; offset++)
            {
                bool edge = !isIPv6 && length < 31 && (offset == 0 || offset == prefix.LastOffset);
                if (!edge && !exclusions.Any(exclusion => exclusion.Contains(prefix[offset])))
                    expected.Add(prefix[offset]);
            }

            Pool pool = new(new PoolDefinition { Range = IpRange.FromPrefix(prefix) }, exclusions.Select(IpRange.FromPrefix));
            Assert.Equal((UInt128)expected.Count, pool.Size);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i], pool[(UInt128)i]);
                Assert.True(pool.TryGetNumber(expected[i], out UInt128 number) && number == (UInt128)i);
            }

            for (UInt128 offset = 0; offset <= prefix.LastOffset; offset++)
                Assert.Equal(expected.Contains(prefix[offset]), pool.TryGetNumber(prefix[offset], out _));
        });

    [Fact]
    public void A_pool_may_be_half_of_IPv6()
    {
        Pool pool = new(Define("8000::/1"), [IpRange.Parse("ff00::/8"), IpRange.Parse("fe80::/10")]);
        Assert.Equal(Ip("8000::"), pool[0]);
        Assert.Equal(Ip("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), pool[pool.Size - 1]);
        Assert.False(pool.TryGetNumber(Ip("fe80::1"), out _));
    }

    [Fact]
    public void A_default_route_is_no_pool() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pool(Define("0.0.0.0/0"), []));
}
