using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>
/// A request while it is written and sent. Owns a pooled buffer; who makes it disposes it.
/// </summary>
/// <remarks>
/// What does not fit is not written and remembered (<see cref="Overflowed"/>), so that the caller asks once, at the end:
/// <see cref="TryKeep"/> takes back everything since a mark when any of it did not fit.
/// </remarks>
internal sealed class NetlinkRequest : IDisposable
{
    private readonly byte[] _buffer;
    private readonly int _limit;
    private int _length = MessageHeader.Size;

    /// <param name="operation">What the request does, for the message of a failure.</param>
    /// <param name="type">The type of the message.</param>
    /// <param name="flags">Flags beside those that every request has.</param>
    /// <param name="limit">The longest the message may become, in bytes; at most 65,535, the reach of a nest.</param>
    public NetlinkRequest(string operation, ushort type, MessageFlags flags = MessageFlags.None, int limit = 4096)
    {
        Operation = operation;
        IsDump = (flags & MessageFlags.Dump) == MessageFlags.Dump;
        _limit = limit;
        _buffer = ArrayPool<byte>.Shared.Rent(limit);
        // Every request is acknowledged: a dump by its "done", all others because they ask for it.
        MessageHeader header = new() { Type = type, Flags = flags | MessageFlags.Request | MessageFlags.Acknowledge };
        MemoryMarshal.Write(_buffer, header);
    }

    public string Operation { get; }

    public bool IsDump { get; }

    /// <summary>Whether anything did not fit since the last mark that was asked about.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Completes the message with its number, its sender and its length.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence, uint portId)
    {
        if (Overflowed)
            throw new InvalidOperationException($"{Operation}: the request does not fit {_limit} bytes.");
        ref MessageHeader header = ref MemoryMarshal.AsRef<MessageHeader>(_buffer.AsSpan());
        header.Length = (uint)_length;
        header.Sequence = sequence;
        header.PortId = portId;
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Writes the fixed part that the family puts first.</summary>
    public void WriteHeader<T>(T header)
        where T : unmanaged
    {
        if (TryReserve(Unsafe.SizeOf<T>(), out Span<byte> bytes))
            MemoryMarshal.Write(bytes, header);
    }

    public void Write<T>(T type, ReadOnlySpan<byte> value)
        where T : unmanaged, Enum => value.CopyTo(Attribute(type, value.Length));

    public void Write<T>(T type, byte value)
        where T : unmanaged, Enum => Write(type, [value]);

    public void Write<T>(T type, ushort value)
        where T : unmanaged, Enum => Write(type, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in value)));

    public void Write<T>(T type, uint value)
        where T : unmanaged, Enum => Write(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public void Write<T>(T type, IpAddress value)
        where T : unmanaged, Enum
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(type, bytes[..value.CopyTo(bytes)]);
    }

    public void Write<T>(T type, PublicKey value)
        where T : unmanaged, Enum
    {
        Span<byte> bytes = stackalloc byte[PublicKey.ByteLength];
        value.CopyTo(bytes);
        Write(type, bytes);
    }

    /// <summary>Writes text with the NUL that the kernel's strings end in.</summary>
    public void Write<T>(T type, string value)
        where T : unmanaged, Enum => Write(type, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>Opens a nest; what is written until the result is disposed lies inside it.</summary>
    public Nest BeginNest<T>(T type)
        where T : unmanaged, Enum => BeginNest(Unsafe.BitCast<T, ushort>(type));

    /// <summary>Opens one of many nests of type 0, which is how the kernel writes lists.</summary>
    public Nest BeginItem() => BeginNest(0);

    /// <summary>Where the message ends now.</summary>
    public int Mark() => _length;

    /// <summary>Takes back what was written since <paramref name="mark"/>.</summary>
    public void Rollback(int mark)
    {
        _length = mark;
        Overflowed = false;
    }

    /// <summary>Keeps what was written since <paramref name="mark"/> if all of it fitted, else takes it back.</summary>
    /// <returns>Whether it was kept.</returns>
    public bool TryKeep(int mark)
    {
        if (!Overflowed)
            return true;
        Rollback(mark);
        return false;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Nest BeginNest(ushort type)
    {
        int start = _length;
        _ = Attribute((ushort)(type | NetlinkAttribute.NestedFlag), 0);
        return new Nest(this, start);
    }

    // Room for the value of an attribute; as long as asked for even when the message is full, and then written for nothing.
    private Span<byte> Attribute<T>(T type, int length)
        where T : unmanaged, Enum => Attribute(Unsafe.BitCast<T, ushort>(type), length);

    private Span<byte> Attribute(ushort type, int length)
    {
        if (!TryReserve(NetlinkAttribute.HeaderSize + length, out Span<byte> bytes))
            return new byte[length];
        MemoryMarshal.Write(bytes, (ushort)bytes.Length);
        MemoryMarshal.Write(bytes[2..], type);
        return bytes[NetlinkAttribute.HeaderSize..];
    }

    private bool TryReserve(int length, out Span<byte> bytes)
    {
        int padded = Alignment.Pad(length);
        Overflowed |= padded > _limit - _length;
        if (Overflowed)
        {
            bytes = [];
            return false;
        }

        bytes = _buffer.AsSpan(_length, length);
        _buffer.AsSpan(_length + length, padded - length).Clear();
        _length += padded;
        return true;
    }

    /// <summary>An open nest. Closing it writes its length; one that was rolled back is gone already.</summary>
    internal readonly ref struct Nest(NetlinkRequest request, int start) : IDisposable
    {
        public void Dispose()
        {
            if (request._length > start)
                MemoryMarshal.Write(request._buffer.AsSpan(start), (ushort)(request._length - start));
        }
    }
}
