using System.Buffers;

namespace WgDynamic.Protocol.Tests;

public class MessageWriterTests
{
    [Fact]
    public void A_request_is_written_as_the_prototypes_client_does()
    {
        Assert.Equal(
            "request_ip=1\nip=0.0.0.0/32\nip=::/128\n\n",
            Wire.Text(new Request { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6 }));
        Assert.Equal("request_ip=1\n\n", Wire.Text(new Request()));
        Assert.Equal(
            "release=1\nhostname=laptop\nclient=wg-dynamic/0.1.0\n\n",
            Wire.Text(new Request { Command = Command.Release, Hostname = "laptop", Client = "wg-dynamic/0.1.0" }));
    }

    [Fact]
    public void A_reply_keeps_the_prototypes_order_and_puts_what_is_new_in_front_of_errno() =>
        Assert.Equal(
            "ip=192.0.2.7/32\nip=2001:db8::7/128\nleasestart=1795355256\nleasetime=3600\n"
            + "renewafter=1800\nmtu=1420\nroute=10.0.0.0/8\nroute=::/0\ndns=192.0.2.53\nsearch=a.example\nserial=7\n"
            + "errno=3\nerrmsg=Chosen IP(s) unavailable\n\n",
            Wire.Text(new Reply
            {
                IPv4 = IpAddress.Parse("192.0.2.7"),
                IPv6 = IpAddress.Parse("2001:db8::7"),
                LeaseStartUnixSeconds = 1795355256,
                LeaseSeconds = 3600,
                RenewAfterSeconds = 1800,
                Mtu = 1420,
                Routes = [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("::/0")],
                Dns = [IpAddress.Parse("192.0.2.53")],
                Search = ["a.example"],
                Serial = 7,
                Error = WireError.AddressUnavailable,
            }));

    [Theory]
    [InlineData(0, null, "errno=0\n\n")]
    [InlineData(0, "unheard", "errno=0\n\n")]
    [InlineData(1, null, "errno=1\nerrmsg=Invalid request\n\n")]
    [InlineData(2, null, "errno=2\nerrmsg=Unsupported protocol\n\n")]
    [InlineData(3, null, "errno=3\nerrmsg=Chosen IP(s) unavailable\n\n")]
    [InlineData(3, "No more than one", "errno=3\nerrmsg=No more than one\n\n")]
    [InlineData(9, null, "errno=9\n\n")]
    public void An_error_has_the_prototypes_words_unless_others_were_given(int error, string? message, string expected) =>
        Assert.Equal(expected, Wire.Text(new Reply { Error = (WireError)error, ErrorMessage = message }));

    [Fact]
    public void Without_an_address_there_is_no_lease_time() =>
        Assert.Equal("errno=0\n\n", Wire.Text(new Reply { LeaseStartUnixSeconds = 5, LeaseSeconds = 5 }));

    [Fact]
    public void What_makes_no_sense_is_not_written()
    {
        Assert.Throws<ArgumentException>(() => Wire.Bytes(new Request { Command = Command.Release, IPv4 = Request.AnyIPv4 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wire.Bytes(new Request { Command = (Command)7 }));
        Assert.Throws<ArgumentException>(() => Wire.Bytes(new Reply { IPv4 = IpAddress.Parse("192.0.2.1") }));
    }

    [Fact]
    public void The_largest_messages_fit_the_limits_and_are_read_again()
    {
        string name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        // The longest text of an address that RFC 5952 knows, and as long again for a prefix.
        IpAddress longest = IpAddress.Parse("1111:2222:3333:4444:5555:6666:7777:8888");
        Request request = new()
        {
            IPv4 = IpAddress.Parse("255.255.255.255"),
            IPv6 = longest,
            Hostname = name,
            Client = new string('~', WireLimits.MaxClientLength),
        };
        Reply reply = new()
        {
            IPv4 = IpAddress.Parse("255.255.255.255"),
            IPv6 = longest,
            LeaseStartUnixSeconds = WireLimits.MaxLeaseStartUnixSeconds,
            LeaseSeconds = uint.MaxValue,
            RenewAfterSeconds = uint.MaxValue,
            Mtu = WireLimits.MaxMtu,
            Routes = [.. Enumerable.Repeat(IpPrefix.Host(longest), WireLimits.MaxRoutes)],
            Dns = [.. Enumerable.Repeat(longest, WireLimits.MaxDnsServers)],
            Search = [.. Enumerable.Repeat(name, WireLimits.MaxSearchDomains)],
            Serial = ulong.MaxValue,
            Error = (WireError)int.MaxValue,
            ErrorMessage = new string('~', WireLimits.MaxErrorMessageLength),
        };

        // A writer that hands out exactly what it is asked for shows that enough is asked for.
        Assert.Equal(request, Assert.Single(Feed.Requests(Written(output => MessageWriter.Write(output, request))).Messages));
        Assert.Equal(reply, Assert.Single(Feed.Replies(Written(output => MessageWriter.Write(output, reply))).Messages));
    }

    private static byte[] Written(Action<ExactWriter> write)
    {
        ExactWriter output = new();
        write(output);
        return output.Written;
    }

    private sealed class ExactWriter : IBufferWriter<byte>
    {
        private byte[] _buffer = [];

        public byte[] Written { get; private set; } = [];

        public Span<byte> GetSpan(int sizeHint = 0) => _buffer = new byte[sizeHint];

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer = new byte[sizeHint];

        public void Advance(int count) => Written = [.. Written, .. _buffer.AsSpan(0, count)];
    }
}
