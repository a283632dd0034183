using System.Globalization;

namespace WgDynamic;

/// <summary>
/// The text of IPv6 addresses: read as RFC 4291 section 2.2 allows, written as RFC 5952 demands.
/// <see cref="System.Net.IPAddress"/> does the same but makes two objects each time, and the wire
/// is read and written for every request; tests hold the two together.
/// </summary>
internal static class IPv6Text
{
    private const int Groups = 8;

    public static bool TryParse(ReadOnlySpan<byte> text, out UInt128 bits)
    {
        bits = 0;
        int count = 0, gap = -1;

        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            int colon = text.IndexOf((byte)':');
            ReadOnlySpan<byte> group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains((byte)'.'))
            {
                if (count > Groups - 2 || !IpAddress.TryParseIPv4(group, out uint tail))
                    return false;
                bits = (bits << 32) | tail;
                count += 2;
                break;
            }

            if (count == Groups || group.Length is 0 or > 4
                || !ushort.TryParse(group, NumberStyles.AllowHexSpecifier, null, out ushort value))
                return false;
            bits = (bits << 16) | value;
            count++;
            if (colon < 0)
                break;
            text = text[(colon + 1)..];
            if (text.IsEmpty)
                return false;
            if (text[0] == (byte)':')
            {
                if (gap >= 0)
                    return false;
                gap = count;
                text = text[1..];
            }
        }

        if (gap < 0)
            return count == Groups;
        // "::" stands for one group of zeros at least.
        if (count >= Groups)
            return false;
        int tailBits = 16 * (count - gap);
        UInt128 low = tailBits == 0 ? 0 : bits & (UInt128.MaxValue >> (128 - tailBits));
        UInt128 high = gap == 0 ? 0 : (bits >> tailBits) << (128 - (16 * gap));
        bits = high | low;
        return true;
    }

    public static bool TryFormat(UInt128 bits, Span<byte> destination, out int written)
    {
        Span<byte> buffer = stackalloc byte[IpAddress.MaxTextLength];
        int length = Format(bits, buffer);
        written = length <= destination.Length ? length : 0;
        return buffer[..length].TryCopyTo(destination);
    }

    private static int Format(UInt128 bits, Span<byte> buffer)
    {
        // RFC 5952 section 5: an IPv4-mapped address shows the IPv4 address.
        bool mapped = bits >> 32 == 0xffff;
        (int gap, int gapLength) = LongestZeroRun(bits, mapped ? Groups - 2 : Groups);
        int length = 0;
        for (int i = 0; i < (mapped ? Groups - 2 : Groups); i++)
        {
            if (i == gap)
            {
                buffer[length++] = (byte)':';
                buffer[length++] = (byte)':';
                i += gapLength - 1;
                continue;
            }

            if (length > 0 && buffer[length - 1] != (byte)':')
                buffer[length++] = (byte)':';
            _ = Group(bits, i).TryFormat(buffer[length..], out int digits, "x");
            length += digits;
        }

        if (mapped)
        {
            buffer[length++] = (byte)':';
            length += IpAddress.FormatIPv4((uint)bits, buffer[length..]);
        }

        return length;
    }

    // The first of the longest runs; a single group is not shortened (RFC 5952 section 4.2).
    private static (int Start, int Length) LongestZeroRun(UInt128 bits, int groups)
    {
        int best = -1, bestLength = 1;
        for (int i = 0; i < groups; i++)
        {
            int start = i;
            while (i < groups && Group(bits, i) == 0)
                i++;
            if (i - start > bestLength)
                (best, bestLength) = (start, i - start);
        }

        return (best, bestLength);
    }

    private static ushort Group(UInt128 bits, int index) => (ushort)(bits >> (112 - (16 * index)));
}
