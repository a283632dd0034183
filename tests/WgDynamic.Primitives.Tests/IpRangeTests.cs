using System.Net.Sockets;
using CsCheck;

namespace WgDynamic.Primitives.Tests;

public class IpRangeTests
{
    private static readonly Gen<IpRange> _anywhere = Gen.OneOf(
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Between),
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Between),
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 128], (bytes, length) => IpRange.FromPrefix(IpPrefix.Containing(new IpAddress(bytes), length))));

    // Small enough to be a set of all its addresses: the naive model.
    private static readonly Gen<IpRange> _small = Gen.Select(Gen.Bool, Gen.Int[0, 31], Gen.Int[0, 31], (isIPv6, a, b) =>
        new IpRange(Small(isIPv6, Math.Min(a, b)), Small(isIPv6, Math.Max(a, b))));

    [Fact]
    public void Every_range_survives_its_text() =>
        _anywhere.Sample(range =>
        {
            Assert.Equal(range, IpRange.Parse(range.ToString()));
            Span<char> text = stackalloc char[IpRange.MaxTextLength];
            Assert.True(range.TryFormat(text, out int length));
            Assert.Equal(range.ToString(), text[..length].ToString());
            Assert.False(range.TryFormat(text[..(length - 1)], out _));
        });

    [Fact]
    public void Ranges_are_the_sets_of_their_addresses() =>
        Gen.Select(_small, _small).Sample((a, b) =>
        {
            HashSet<IpAddress> setA = [.. Addresses(a)], setB = [.. Addresses(b)];
            Assert.Equal((UInt128)setA.Count, a.Count);
            Assert.Equal(setA.Overlaps(setB), a.Overlaps(b));
            Assert.Equal(setB.IsSubsetOf(setA), a.Contains(b));
            Assert.Equal(setA.SetEquals(setB), a == b);
            Assert.Equal(setA.SetEquals(setB), a.CompareTo(b) == 0);
            foreach (IpAddress address in setB)
                Assert.Equal(setA.Contains(address), a.Contains(address));
        });

    [Fact]
    public void A_range_is_a_prefix_exactly_if_some_prefix_has_its_addresses() =>
        Gen.OneOf(_small, _anywhere).Sample(range =>
        {
            IpPrefix[] same =
            [
                .. Enumerable.Range(0, range.First.BitLength + 1)
                    .Select(length => IpPrefix.Containing(range.First, length))
                    .Where(prefix => prefix.Address == range.First && prefix.Last == range.Last),
            ];
            Assert.Equal(same.Length == 1, range.TryGetPrefix(out IpPrefix found));
            if (same.Length == 1)
                Assert.Equal(same[0], found);
            Assert.Equal(same.Length == 1 ? same[0].ToString() : $"{range.First}-{range.Last}", range.ToString());
        });

    [Fact]
    public void The_order_is_that_of_prefixes_where_ranges_are_prefixes() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32], Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((a, n, b, m) =>
        {
            IpPrefix left = IpPrefix.Containing(new IpAddress(a), n), right = IpPrefix.Containing(new IpAddress(b), m);
            Assert.Equal(Math.Sign(left.CompareTo(right)), Math.Sign(IpRange.FromPrefix(left).CompareTo(IpRange.FromPrefix(right))));
        });

    [Theory]
    [InlineData("10.66.0.0/24", "10.66.0.0", "10.66.0.255", "10.66.0.0/24")]
    [InlineData("10.66.0.0-10.66.0.255", "10.66.0.0", "10.66.0.255", "10.66.0.0/24")]
    [InlineData("10.66.0.10-10.66.0.99", "10.66.0.10", "10.66.0.99", "10.66.0.10-10.66.0.99")]
    [InlineData("10.66.0.1-10.66.0.2", "10.66.0.1", "10.66.0.2", "10.66.0.1-10.66.0.2")]
    [InlineData("10.66.0.7", "10.66.0.7", "10.66.0.7", "10.66.0.7/32")]
    [InlineData("fd66::-fd66::ffff", "fd66::", "fd66::ffff", "fd66::/112")]
    [InlineData("fd66::1-fd66::ff", "fd66::1", "fd66::ff", "fd66::1-fd66::ff")]
    [InlineData("0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255", "0.0.0.0/0")]
    public void Ranges_prefixes_and_addresses_are_read(string text, string first, string last, string written)
    {
        IpRange range = IpRange.Parse(text);
        Assert.Equal((first, last, written), (range.First.ToString(), range.Last.ToString(), range.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("10.66.0.0-")]
    [InlineData("-10.66.0.9")]
    [InlineData("10.66.0.9-10.66.0.1")] // the wrong way round
    [InlineData("10.66.0.1-fd66::1")] // two families
    [InlineData("10.66.0.0/24-10.66.1.0/24")]
    [InlineData("10.66.0.1-10.66.0.2-10.66.0.3")]
    [InlineData("10.66.0.1 - 10.66.0.2")]
    [InlineData("10.66.0.1-20")]
    [InlineData("10.66.0.1/24")] // host bits
    [InlineData("10.66.0.1–10.66.0.2")] // an en dash
    public void What_is_not_a_range_is_refused(string text)
    {
        Assert.False(IpRange.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => IpRange.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_IPv6_has_more_addresses_than_a_number_can_say()
    {
        IpRange all = IpRange.Parse("::/0");
        Assert.Equal(UInt128.MaxValue, all.Count);
        Assert.Equal("::/0", all.ToString());
        Assert.Equal(UInt128.MaxValue, IpRange.Parse("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").Count);
        Assert.Equal((UInt128)1 << 32, IpRange.Parse("0.0.0.0/0").Count);
    }

    [Fact]
    public void Ends_that_make_no_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new IpRange(IpAddress.Parse("10.0.0.2"), IpAddress.Parse("10.0.0.1")));
        Assert.Throws<ArgumentException>(() => new IpRange(IpAddress.Parse("10.0.0.2"), IpAddress.Parse("fd66::1")));
    }

    private static IpRange Between(byte[] a, byte[] b)
    {
        IpAddress one = new(a), other = new(b);
        return one < other ? new IpRange(one, other) : new IpRange(other, one);
    }

    private static IpAddress Small(bool isIPv6, int number) =>
        new(isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, (UInt128)(uint)number);

    private static IEnumerable<IpAddress> Addresses(IpRange range) =>
        Enumerable.Range(0, (int)(uint)range.Count).Select(offset => new IpAddress(range.Family, range.First.Bits + (UInt128)(uint)offset));
}
