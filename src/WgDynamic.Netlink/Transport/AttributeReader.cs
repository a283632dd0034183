using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>The attributes of a message or a nest, for <c>foreach</c>. What is unknown is for the caller to pass over.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public NetlinkAttribute Current { get; private set; }

    public readonly AttributeReader GetEnumerator() => this;

    /// <summary>Steps to the next attribute.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="NetlinkException">The bytes end inside an attribute.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        // struct nlattr, linux/netlink.h: length with this header, type.
        if (!MemoryMarshal.TryRead(_rest, out ushort length) || length < NetlinkAttribute.HeaderSize || length > _rest.Length)
            NetlinkException.ThrowMalformed($"attribute of {length} bytes where {_rest.Length} are left");

        Current = new NetlinkAttribute(MemoryMarshal.Read<ushort>(_rest[2..]), _rest[NetlinkAttribute.HeaderSize..length]);
        // The last attribute need not be padded.
        _rest = _rest[int.Min(Alignment.Pad(length), _rest.Length)..];
        return true;
    }
}
