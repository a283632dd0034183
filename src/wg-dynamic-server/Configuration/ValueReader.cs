using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>Reads values. What is wrong with one becomes a problem, and the value null.</summary>
/// <param name="problems">Takes the problems.</param>
internal sealed class ValueReader(ProblemList problems)
{
    /// <summary>The longest name of a pool or a group, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest text for people, in characters.</summary>
    public const int MaxTextLength = 128;

    // 2^63 has 19 digits: these always fit.
    private const int MaxDigits = 18;

    /// <summary>A time in whole seconds: <c>3600</c>, <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>7d</c>.</summary>
    public TimeSpan? Time(Entry? entry, TimeSpan min, TimeSpan max)
    {
        if (entry is not { Value: var value, Key: var key })
            return null;
        ReadOnlySpan<char> text = value.Span;
        long unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (!TryDigits(unit == 0 ? text : text[..^1], out long number))
        {
            problems.Error(value, $"{key.Name} cannot be {Quoted.Text(text)}", "write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d");
            return null;
        }

        Int128 seconds = (Int128)number * Math.Max(unit, 1);
        if (seconds >= (long)min.TotalSeconds && seconds <= (long)max.TotalSeconds)
            return TimeSpan.FromSeconds((long)seconds);
        problems.Error(value, $"{key.Name} cannot be {Quoted.Text(text)}", $"write a time from {Text(min)} to {Text(max)}");
        return null;
    }

    /// <summary>A count.</summary>
    public int? Number(Entry? entry, int min, int max)
    {
        if (entry is not { Value: var value, Key: var key })
            return null;
        if (TryDigits(value.Span, out long number) && number >= min && number <= max)
            return (int)number;
        problems.Error(value, $"{key.Name} cannot be {Quoted.Text(value.Span)}", $"write a number from {min} to {max}");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(Entry? entry)
    {
        if (entry is not { Value: var value, Key: var key })
            return null;
        if (value.Span.Equals("true", StringComparison.OrdinalIgnoreCase))
            return true;
        if (value.Span.Equals("false", StringComparison.OrdinalIgnoreCase))
            return false;
        problems.Error(value, $"{key.Name} cannot be {Quoted.Text(value.Span)}", "write true or false");
        return null;
    }

    /// <summary>Where metrics are served.</summary>
    public MetricsEndPoint? Metrics(Entry? entry)
    {
        if (entry is not { Value: var value })
            return null;
        MetricsEndPoint? endPoint = MetricsEndPoint.Parse(value.Span, out string problem);
        if (endPoint is null)
            problems.Error(value, $"{Quoted.Text(value.Span)} {problem}", "write 127.0.0.1:9586, [::1]:9586 or a socket such as /run/wg-dynamic/wg0.metrics.sock");
        return endPoint;
    }

    /// <summary>The name of a pool or a group: letters, digits, hyphen, underscore, dot.</summary>
    public string? Name(Word value)
    {
        bool isName = value.Span.Length <= MaxNameLength;
        foreach (char c in value.Span)
            isName &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
        if (isName)
            return value.ToString();
        problems.Error(value, $"{Quoted.Text(value.Span)} is not a name", $"write 1 to {MaxNameLength} letters, digits, '-', '_' or '.'");
        return null;
    }

    /// <summary>Free text for people, on one line and printable.</summary>
    public string? ForPeople(Entry? entry)
    {
        if (entry is not { Value: var value, Key: var key })
            return null;
        bool isPrintable = true;
        foreach (char c in value.Span)
            isPrintable &= !char.IsControl(c);
        if (isPrintable && value.Span.Length <= MaxTextLength)
            return value.ToString();
        problems.Error(value, $"{key.Name} cannot be {Quoted.Text(value.Span)}", $"write at most {MaxTextLength} printable characters");
        return null;
    }

    /// <summary>A key. A wrong one is not repeated: it may be a private key in the wrong place.</summary>
    public PublicKey? Key(Word value)
    {
        if (PublicKey.TryParse(value.Span, out PublicKey key))
            return key;
        problems.Error(
            value,
            value.Span.Length == PublicKey.TextLength ? "this is not a public key" : $"this is not a public key: it has {value.Span.Length} characters",
            $"write the {PublicKey.TextLength} characters that 'wg show' prints for the peer, ending in '='");
        return null;
    }

    /// <summary>One address for a host; its whole length may stand behind it.</summary>
    public IpAddress? HostAddress(Word value)
    {
        if (!TrySplit(value.Span, out IpAddress address, out int length))
        {
            problems.Error(value, $"{Quoted.Text(value.Span)} is not an address", "write one such as 10.66.0.7 or fd66::7");
            return null;
        }

        if (length != address.BitLength)
        {
            problems.Error(value, $"{address}/{length} is more than one address", $"write {address}");
            return null;
        }

        if (SpecialAddresses.AnyIn(new IpRange(address, address)) is { } kind)
        {
            problems.Error(value, $"{address} is {kind}, no address for a host", "write one of your network, such as 10.66.0.7 or fd66::7");
            return null;
        }

        return address;
    }

    /// <summary>A prefix.</summary>
    public IpPrefix? Prefix(Word value)
    {
        if (!TrySplit(value.Span, out IpAddress address, out int length))
        {
            problems.Error(value, $"{Quoted.Text(value.Span)} is not a prefix", "write one such as 10.0.0.0/8 or fd66::/48");
            return null;
        }

        IpPrefix prefix = IpPrefix.Containing(address, length);
        if (prefix.Address == address)
            return prefix;
        problems.Error(value, $"{address}/{length} has bits behind the prefix length", $"did you mean {prefix}?");
        return null;
    }

    /// <summary>A range: <c>10.66.0.0/24</c>, <c>10.66.0.10-10.66.0.99</c> or one address.</summary>
    public IpRange? Range(Word value)
    {
        int hyphen = value.Span.IndexOf('-');
        if (hyphen < 0)
            return RangeOfPrefix(value);
        Word first = value.Slice(0, hyphen), last = value.Slice(hyphen + 1);
        if (!IpAddress.TryParse(first.Span, out IpAddress low) || !IpAddress.TryParse(last.Span, out IpAddress high))
        {
            NoRange(value);
            return null;
        }

        if (low.Family == high.Family && low <= high)
            return new IpRange(low, high);
        problems.Error(
            value,
            low.Family == high.Family ? $"the range {low}-{high} ends before it begins" : $"the range {low}-{high} is of two families",
            low.Family == high.Family ? $"did you mean {high}-{low}?" : "write a range of each");
        return null;
    }

    /// <summary>A domain to search.</summary>
    public string? Domain(Word value)
    {
        ReadOnlySpan<char> text = value.Span;
        if (IsDomain(text))
            return text.ToString();
        problems.Error(
            value,
            $"{Quoted.Text(text)} is not a domain",
            text[^1] == '.' && IsDomain(text[..^1]) ? $"write it without the dot at its end: {text[..^1]}" : "write one such as example.org");
        return null;
    }

    /// <summary>Whether the text is a domain, and no misspelt address.</summary>
    public static bool IsDomain(ReadOnlySpan<char> text) =>
        DomainName.IsValid(text) && text[(text.LastIndexOf('.') + 1)..].ContainsAnyExceptInRange('0', '9');

    /// <summary>The pieces of a list in one line.</summary>
    public IEnumerable<Word> Items(Entry entry)
    {
        Word value = entry.Value;
        for (int start = 0; start <= value.Text.Length;)
        {
            int comma = value.Span[start..].IndexOf(',');
            Word item = comma < 0 ? value.Slice(start) : value.Slice(start, comma);
            start = comma < 0 ? value.Text.Length + 1 : start + comma + 1;
            if (item.Span.IsEmpty)
                problems.Error(item, $"{entry.Key.Name} has nothing between or behind its commas", "delete the comma");
            else
                yield return item;
        }
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= MaxDigits && !text.ContainsAnyExceptInRange('0', '9') && long.TryParse(text, out number);
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out IpAddress address, out int length)
    {
        Span<byte> ascii = stackalloc byte[IpPrefix.MaxTextLength];
        (address, length) = (default, 0);
        return text.Length <= ascii.Length
            && System.Text.Ascii.FromUtf16(text, ascii, out int written) == System.Buffers.OperationStatus.Done
            && IpPrefix.TrySplit(ascii[..written], out address, out length);
    }

    private static string Text(TimeSpan time) =>
        time.TotalSeconds % 86400 == 0 && time > TimeSpan.Zero ? $"{(long)time.TotalDays}d" : $"{(long)time.TotalSeconds}s";

    private IpRange? RangeOfPrefix(Word value)
    {
        if (!TrySplit(value.Span, out IpAddress address, out int length))
        {
            NoRange(value);
            return null;
        }

        IpPrefix prefix = IpPrefix.Containing(address, length);
        if (prefix.Address == address)
            return IpRange.FromPrefix(prefix);
        problems.Error(value, $"{address}/{length} has bits behind the prefix length", $"did you mean {prefix}, or {address} alone?");
        return null;
    }

    private void NoRange(Word value) =>
        problems.Error(value, $"{Quoted.Text(value.Span)} is not a range of addresses", "write it as 10.66.0.0/24, 10.66.0.10-10.66.0.99 or 10.66.0.1");
}
