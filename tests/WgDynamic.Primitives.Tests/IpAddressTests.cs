using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;

namespace WgDynamic.Primitives.Tests;

public class IpAddressTests
{
    // Addresses with runs of zeros, which are where the text forms differ.
    private static readonly Gen<byte[]> _sparse16 = Gen.OneOf(Gen.Const((byte)0), Gen.Byte).Array[16];

    private static readonly Gen<IpAddress> _addresses = Gen.OneOf(
        Gen.Byte.Array[4].Select(bytes => new IpAddress(bytes)),
        Gen.Byte.Array[16].Select(bytes => new IpAddress(bytes)),
        _sparse16.Select(bytes => new IpAddress(bytes)));

    [Fact]
    public void Every_address_survives_its_text() =>
        _addresses.Sample(address => Assert.Equal(address, IpAddress.Parse(address.ToString())));

    [Fact]
    public void Every_address_survives_its_bytes_its_number_and_the_base_class_library() =>
        _addresses.Sample(address =>
        {
            Span<byte> bytes = stackalloc byte[16];
            Assert.Equal(address, new IpAddress(bytes[..address.CopyTo(bytes)]));
            Assert.Equal(address, new IpAddress(address.Family, address.Bits));
            Assert.Equal(address, IpAddress.From(address.ToIPAddress()));
        });

    [Fact]
    public void The_text_is_the_one_of_the_base_class_library() =>
        _addresses.Sample(address =>
        {
            string expected = address.ToIPAddress().ToString();
            // The library shows an IPv4 tail in some more cases (::1.2.3.4, ISATAP), RFC 5952 only asks for the mapped one.
            if (!expected.Contains('.', StringComparison.Ordinal) || !address.IsIPv6)
                Assert.Equal(expected, address.ToString());
        });

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("1:0:0:2::", "1:0:0:2::")]
    [InlineData("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
    [InlineData("0:0:1::0:0", "0:0:1::")]
    [InlineData("1:0:0:2:0:0:3:4", "1::2:0:0:3:4")]
    [InlineData("2001:DB8:0000::00A", "2001:db8::a")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    public void An_address_is_written_as_RFC_5952_demands(string text, string expected) =>
        Assert.Equal(expected, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8:9")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1::2::3")]
    [InlineData(":1::")]
    [InlineData("1:")]
    [InlineData("1::2:")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("+1::")]
    [InlineData(" 1::")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::1.2.3")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("::1/128")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1..3.4")]
    [InlineData("0x1.2.3.4")]
    [InlineData("3232235777")]
    [InlineData("1.2.3.-4")]
    [InlineData("1.2.3.4\0")]
    [InlineData("١.2.3.4")]
    public void What_is_not_an_address_is_refused(string text)
    {
        Assert.False(IpAddress.TryParse(text, out _));
        Assert.False(IpAddress.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Nothing_is_taken_for_an_IPv6_address_that_the_base_class_library_refuses() =>
        Gen.Char[":::123f."].Array[0, 24].Select(characters => new string(characters)).Sample(
            text =>
            {
                bool ours = text.Contains(':', StringComparison.Ordinal) && IpAddress.TryParse(text, out _);
                bool theirs = text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out _);
                if (ours)
                    Assert.True(theirs, text);
                if (ours && theirs)
                    Assert.Equal(IpAddress.From(IPAddress.Parse(text)), IpAddress.Parse(text));
            },
            iter: 200_000);

    [Theory]
    [InlineData("fe80::1", true, false, false)]
    [InlineData("febf::1", true, false, false)]
    [InlineData("fec0::1", false, false, false)]
    [InlineData("169.254.3.4", true, false, false)]
    [InlineData("ff02::1", false, true, false)]
    [InlineData("224.0.0.1", false, true, false)]
    [InlineData("239.255.255.255", false, true, false)]
    [InlineData("240.0.0.1", false, false, false)]
    [InlineData("::1", false, false, true)]
    [InlineData("127.8.8.8", false, false, true)]
    [InlineData("192.0.2.1", false, false, false)]
    [InlineData("2001:db8::1", false, false, false)]
    public void Special_ranges_are_known(string text, bool linkLocal, bool multicast, bool loopback)
    {
        IpAddress address = IpAddress.Parse(text);
        Assert.Equal((linkLocal, multicast, loopback), (address.IsLinkLocal, address.IsMulticast, address.IsLoopback));
    }

    [Fact]
    public void IPv4_sorts_before_IPv6_and_then_by_number()
    {
        IpAddress[] sorted = [.. new[] { "::", "10.0.0.2", "9.0.0.1", "1::", "255.255.255.255" }.Select(text => IpAddress.Parse(text)).Order()];
        Assert.Equal(["9.0.0.1", "10.0.0.2", "255.255.255.255", "::", "1::"], sorted.Select(address => address.ToString()));
    }

    [Fact]
    public void Reading_and_writing_text_allocates_nothing()
    {
        byte[] buffer = new byte[IpAddress.MaxTextLength];
        void Work()
        {
            Assert.True(IpAddress.TryParse("2001:db8::a:1"u8, out IpAddress six) && six.TryFormat(buffer, out _));
            Assert.True(IpAddress.TryParse("192.0.2.77"u8, out IpAddress four) && four.TryFormat(buffer, out _));
        }

        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_number_too_large_for_IPv4_and_other_families_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new IpAddress(AddressFamily.InterNetwork, (UInt128)uint.MaxValue + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IpAddress(AddressFamily.Unix, 0));
        Assert.Throws<ArgumentException>(() => new IpAddress(new byte[5]));
    }
}
