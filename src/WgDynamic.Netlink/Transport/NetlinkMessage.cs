using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>One message inside a received datagram; a view, valid as long as the buffer is.</summary>
internal readonly ref struct NetlinkMessage(MessageHeader header, ReadOnlySpan<byte> payload)
{
    public ushort Type => header.Type;

    public MessageFlags Flags => header.Flags;

    public uint Sequence => header.Sequence;

    public uint PortId => header.PortId;

    /// <summary>What follows the netlink header.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>The fixed part that the message's family puts first.</summary>
    /// <exception cref="NetlinkException">The message is shorter.</exception>
    public T FamilyHeader<T>()
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(Payload, out T value))
            NetlinkException.ThrowMalformed($"message of type {Type} is {Payload.Length} bytes long, too short for its header");
        return value;
    }

    /// <summary>The attributes behind a fixed part of <paramref name="headerSize"/> bytes.</summary>
    public AttributeReader Attributes(int headerSize) =>
        new(headerSize <= Payload.Length ? Payload[headerSize..] : []);
}
