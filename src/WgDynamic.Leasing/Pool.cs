using System.Net.Sockets;

namespace WgDynamic.Leasing;

/// <summary>
/// The addresses of one prefix that may be leased: all but the exclusions and, in IPv4, but the network and the
/// broadcast address. They are numbered from 0, so that choosing one is choosing a number.
/// </summary>
public sealed class Pool
{
    private readonly List<Segment> _segments = [];

    /// <summary>Makes a pool.</summary>
    /// <param name="prefix">At least one bit long: a default route is no pool.</param>
    /// <param name="exclusions">What is not leased; may overlap, and reach outside.</param>
    public Pool(IpPrefix prefix, IEnumerable<IpPrefix> exclusions)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prefix.Length);
        Prefix = prefix;

        foreach ((UInt128 first, UInt128 last) in Gaps(prefix, exclusions))
        {
            _segments.Add(new Segment(first, last, Size));
            Size += last - first + 1;
        }

        Free = new FreeSet(Size);
    }

    /// <summary>The whole prefix, exclusions and all.</summary>
    public IpPrefix Prefix { get; }

    /// <summary>How many addresses may be leased.</summary>
    public UInt128 Size { get; private set; }

    /// <summary>How many of them are neither leased nor kept for the peer that had them last.</summary>
    public UInt128 FreeCount => Free.Free;

    internal FreeSet Free { get; }

    /// <summary>Finds the number of an address.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="number">Its number.</param>
    /// <returns>Whether it may be leased from this pool.</returns>
    public bool TryGetNumber(IpAddress address, out UInt128 number)
    {
        number = 0;
        if (!Prefix.Contains(address))
            return false;
        int index = Find(address.Bits, static segment => segment.First);
        if (index < 0 || address.Bits > _segments[index].Last)
            return false;
        number = _segments[index].Number + (address.Bits - _segments[index].First);
        return true;
    }

    /// <summary>The address of a number.</summary>
    /// <param name="number">0 to <see cref="Size"/> - 1.</param>
    public IpAddress this[UInt128 number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Size);
            Segment segment = _segments[Find(number, static segment => segment.Number)];
            return new IpAddress(Prefix.Family, segment.First + (number - segment.Number));
        }
    }

    private static IEnumerable<(UInt128 First, UInt128 Last)> Gaps(IpPrefix prefix, IEnumerable<IpPrefix> exclusions)
    {
        UInt128 next = prefix.Address.Bits, last = prefix.Last.Bits;
        // RFC 3021: with /31 there is neither network nor broadcast address; /32 is one address.
        if (prefix.Family == AddressFamily.InterNetwork && prefix.Length < 31)
            (next, last) = (next + 1, last - 1);

        foreach (IpPrefix exclusion in exclusions.Where(prefix.Overlaps).Order())
        {
            (UInt128 from, UInt128 to) = (exclusion.Address.Bits, exclusion.Last.Bits);
            if (from > last)
                break;
            if (from > next)
                yield return (next, from - 1);
            if (to >= last)
                yield break;
            next = UInt128.Max(next, to + 1);
        }

        if (next <= last)
            yield return (next, last);
    }

    // The last segment whose key is not above the value; -1 if there is none.
    private int Find(UInt128 value, Func<Segment, UInt128> key)
    {
        int low = 0, high = _segments.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (key(_segments[middle]) <= value)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }

    private readonly record struct Segment(UInt128 First, UInt128 Last, UInt128 Number);
}
