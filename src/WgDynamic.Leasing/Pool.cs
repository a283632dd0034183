using System.Net.Sockets;

namespace WgDynamic.Leasing;

/// <summary>
/// The addresses of one range that may be leased: all but the exclusions and, if it is an IPv4 prefix, but the network
/// and the broadcast address. They are numbered from 0, so that choosing one is choosing a number.
/// </summary>
public sealed class Pool
{
    private readonly List<Segment> _segments = [];

    /// <summary>Makes a pool.</summary>
    /// <param name="definition">What the operator says of it. A default route is no pool.</param>
    /// <param name="exclusions">What else is not leased; may overlap, and reach outside.</param>
    public Pool(PoolDefinition definition, IEnumerable<IpRange> exclusions)
    {
        if (definition.Range.TryGetPrefix(out IpPrefix prefix))
            ArgumentOutOfRangeException.ThrowIfZero(prefix.Length, nameof(definition));
        Definition = definition;
        foreach ((UInt128 first, UInt128 last) in Gaps(definition.Range, definition.Exclusions.Concat(exclusions)))
        {
            _segments.Add(new Segment(first, last, Size));
            Size += last - first + 1;
        }

        Free = new FreeSet(Size);
    }

    /// <summary>What the operator says of it.</summary>
    public PoolDefinition Definition { get; }

    /// <summary>From which to which address, exclusions and all.</summary>
    public IpRange Range => Definition.Range;

    /// <summary>How many addresses may be leased, those that are reserved among them.</summary>
    public UInt128 Size { get; private set; }

    /// <summary>How many of them are leased.</summary>
    public int InUse { get; internal set; }

    /// <summary>How many of them are reserved and not leased.</summary>
    public int Reserved { get; internal set; }

    /// <summary>How many of them anybody could get: all others, remembered ones (<see cref="Ended"/>) included.</summary>
    public UInt128 Available => Size - (UInt128)(InUse + (long)Reserved);

    /// <summary>How many of them are neither leased nor reserved, nor kept for the peer that had them last.</summary>
    public UInt128 FreeCount => Free.Free;

    internal FreeSet Free { get; }

    // What may be leased, in order.
    internal IEnumerable<IpRange> Segments =>
        _segments.Select(segment => new IpRange(new IpAddress(Range.Family, segment.First), new IpAddress(Range.Family, segment.Last)));

    // Those of its addresses that are kept for the peers that had them.
    internal EndedLeases Ended { get; } = new();

    internal bool Admits(PublicKey peer) => Definition.Peers?.Contains(peer) ?? true;

    /// <summary>Finds the number of an address.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="number">Its number.</param>
    /// <returns>Whether it may be leased from this pool.</returns>
    public bool TryGetNumber(IpAddress address, out UInt128 number)
    {
        number = 0;
        if (!Range.Contains(address))
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
            return new IpAddress(Range.Family, segment.First + (number - segment.Number));
        }
    }

    private static IEnumerable<(UInt128 First, UInt128 Last)> Gaps(IpRange range, IEnumerable<IpRange> exclusions)
    {
        UInt128 next = range.First.Bits, last = range.Last.Bits;
        // RFC 3021: with /31 there is neither network nor broadcast address; /32 is one address.
        if (range.Family == AddressFamily.InterNetwork && range.TryGetPrefix(out IpPrefix prefix) && prefix.Length < 31)
            (next, last) = (next + 1, last - 1);

        foreach (IpRange exclusion in exclusions.Where(range.Overlaps).Order())
        {
            (UInt128 from, UInt128 to) = (exclusion.First.Bits, exclusion.Last.Bits);
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
