using CsCheck;

namespace WgDynamic.Netlink.Tests;

public class NetlinkRequestTests
{
    private enum Kind : ushort
    {
        Bytes = 7,
        Nest = 9,
    }

    [Fact]
    public void What_was_written_is_read_again() => Gen.Byte.Array[0, 40].Array[0, 20].Sample(values =>
    {
        using NetlinkRequest request = new("try", 0x20);
        foreach (byte[] value in values)
        {
            using (request.BeginNest(Kind.Nest))
                request.Write(Kind.Bytes, value);
        }

        MessageReader reader = new(request.Finish(7, 8));
        Assert.True(reader.TryRead(out NetlinkMessage message));
        Assert.Equal((0x20, 7u, 8u), (message.Type, message.Sequence, message.PortId));
        List<byte[]> read = [];
        foreach (NetlinkAttribute nest in message.Attributes(headerSize: 0))
        {
            Assert.Equal(Kind.Nest, nest.TypeAs<Kind>());
            foreach (NetlinkAttribute attribute in nest.Nested)
                read.Add(attribute.Value.ToArray());
        }

        Assert.Equal(values, read);
        Assert.False(reader.TryRead(out _));
    });

    [Fact]
    public void What_does_not_fit_can_be_taken_back() => Gen.Int[0, 100].Array[1, 20].Sample(lengths =>
    {
        const int Limit = 256;
        using NetlinkRequest request = new("try", 0x20, limit: Limit);
        int expected = MessageHeader.Size;
        foreach (int length in lengths)
        {
            int mark = request.Mark();
            using (request.BeginNest(Kind.Nest))
                request.Write(Kind.Bytes, new byte[length]);
            int size = 8 + Alignment.Pad(length);
            bool fits = expected + size <= Limit;
            Assert.Equal(fits, request.TryKeep(mark));
            expected += fits ? size : 0;
        }

        Assert.Equal(expected, request.Finish(1, 1).Length);
    });

    [Fact]
    public void A_request_that_does_not_fit_is_not_sent()
    {
        using NetlinkRequest request = new("try", 0x20, limit: 32);
        request.Write(Kind.Bytes, new byte[32]);

        Assert.Throws<InvalidOperationException>(() => request.Finish(1, 1).Length);
    }

    [Fact]
    public void A_value_of_the_wrong_length_is_malformed()
    {
        foreach (int length in (int[])[0, 1, 3, 5, 8])
        {
            NetlinkException e = Assert.Throws<NetlinkException>(() => new NetlinkAttribute(1, new byte[length]).AsUInt32());
            Assert.Equal(Errno.EBADMSG, e.Errno);
        }
    }

    [Fact]
    public void The_flags_of_a_type_are_not_part_of_it() =>
        Assert.Equal(9, new NetlinkAttribute(0xc009, []).Type);
}
