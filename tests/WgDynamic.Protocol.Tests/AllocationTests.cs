using System.Buffers;

namespace WgDynamic.Protocol.Tests;

public class AllocationTests
{
    private static readonly byte[] _request =
        "request_ip=1\nip=192.0.2.7/32\nip=2001:db8::7/128\nleasestart=0\nleasetime=0\nfoo=bar\n\n"u8.ToArray();

    [Fact]
    public void Reading_a_request_allocates_nothing()
    {
        using RequestReader reader = new();
        AssertAllocatesNothing(() =>
        {
            Assert.True(reader.Read(_request, out _) == ReadStatus.Complete);
            Assert.True(reader.Request.IPv6 is not null);
        });
    }

    [Fact]
    public void Reading_a_request_byte_by_byte_allocates_nothing()
    {
        using RequestReader reader = new();
        AssertAllocatesNothing(() =>
        {
            for (int i = 0; i < _request.Length - 1; i++)
                Assert.True(reader.Read(_request.AsSpan(i, 1), out _) == ReadStatus.NeedMore);
            Assert.True(reader.Read(_request.AsSpan(_request.Length - 1), out _) == ReadStatus.Complete);
        });
    }

    [Fact]
    public void Reading_the_same_hostname_and_client_again_allocates_nothing()
    {
        using RequestReader reader = new();
        byte[] request = Wire.Bytes(new Request { Hostname = "laptop.example", Client = "wg-dynamic/1" });
        AssertAllocatesNothing(() => Assert.True(reader.Read(request, out _) == ReadStatus.Complete));
    }

    [Fact]
    public void Refusing_a_request_allocates_nothing()
    {
        using RequestReader reader = new();
        AssertAllocatesNothing(() =>
        {
            Assert.True(reader.Read("request_ip=1\nip=nonsense\n\n"u8, out _) == ReadStatus.Invalid);
            reader.Reset();
        });
    }

    [Fact]
    public void Writing_messages_allocates_nothing()
    {
        ArrayBufferWriter<byte> output = new(8192);
        Request request = new() { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6, Hostname = "laptop", Client = "wg-dynamic/1" };
        Reply reply = new()
        {
            IPv4 = IpAddress.Parse("192.0.2.7"),
            IPv6 = IpAddress.Parse("2001:db8::7"),
            LeaseStartUnixSeconds = 1795355256,
            LeaseSeconds = 3600,
            RenewAfterSeconds = 1800,
            Mtu = 1420,
            Routes = [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("2001:db8::/32")],
            Dns = [IpAddress.Parse("192.0.2.53")],
            Search = ["example"],
            Serial = 7,
            Error = WireError.AddressUnavailable,
        };
        AssertAllocatesNothing(() =>
        {
            output.ResetWrittenCount();
            MessageWriter.Write(output, request);
            MessageWriter.Write(output, reply);
        });
    }

    private static void AssertAllocatesNothing(Action work)
    {
        // Once for what is made once: statics, pooled buffers, strings that are then reused.
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
