using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>One attribute: a type and a value, which may be attributes again. Typed reads check the length.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    public const int HeaderSize = 4;

    /// <summary>NLA_TYPE_MASK, linux/netlink.h: the two highest bits are flags.</summary>
    public const ushort TypeMask = 0x3fff;

    /// <summary>NLA_F_NESTED: newer kernels refuse nests that do not say that they are.</summary>
    public const ushort NestedFlag = 0x8000;

    /// <summary>The type, without flags.</summary>
    public ushort Type { get; } = (ushort)(type & TypeMask);

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The attributes inside.</summary>
    public AttributeReader Nested => new(Value);

    /// <summary>The type as one of the enumeration that belongs to this level of nesting.</summary>
    public T TypeAs<T>()
        where T : unmanaged, Enum => Unsafe.BitCast<ushort, T>(Type);

    public byte AsByte() => As<byte>();

    public ushort AsUInt16() => As<ushort>();

    public uint AsUInt32() => As<uint>();

    public ulong AsUInt64() => As<ulong>();

    /// <summary>An IPv4 or IPv6 address, by its length.</summary>
    public IpAddress AsAddress()
    {
        if (Value.Length is not (4 or 16))
            NetlinkException.ThrowMalformed($"attribute {Type} has {Value.Length} bytes, and no address has");
        return new IpAddress(Value);
    }

    /// <summary>A public key.</summary>
    public PublicKey AsPublicKey()
    {
        if (Value.Length != PublicKey.ByteLength)
            NetlinkException.ThrowMalformed($"attribute {Type} has {Value.Length} bytes instead of a key's {PublicKey.ByteLength}");
        return new PublicKey(Value);
    }

    /// <summary>Text up to the first NUL. Bytes that are no UTF-8 become replacement characters.</summary>
    public string AsText()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    /// <summary>A structure of exactly the attribute's length.</summary>
    public T As<T>()
        where T : unmanaged
    {
        if (Value.Length != Unsafe.SizeOf<T>())
            NetlinkException.ThrowMalformed($"attribute {Type} has {Value.Length} bytes instead of {Unsafe.SizeOf<T>()}");
        return MemoryMarshal.Read<T>(Value);
    }
}
