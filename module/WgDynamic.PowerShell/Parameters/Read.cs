using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Reads what a user typed, or says what is wrong with it.</summary>
internal static class Read
{
    private const int MaxDescription = 200;

    public static PublicKey Key(string text) => PublicKey.TryParse(text, out PublicKey key)
        ? key
        : throw Wrong($"'{text}' is no public key", "Give the 44 characters of base64 that wg(8) shows, the last of which is '='.", text);

    public static IpAddress Address(string text)
    {
        // Objects of wg and ip carry the length along.
        if (IpAddress.TryParse(text, out IpAddress address) || (IpPrefix.TryParse(text, out IpPrefix prefix) && prefix.IsHost && IpAddress.TryParse($"{prefix.Address}", out address)))
            return address;
        throw Wrong($"'{text}' is no IP address", "Write it as 10.66.0.7 or fd66::7, without a port and without an interface.", text);
    }

    public static IpRange Range(string text)
    {
        if (IpRange.TryParse(text, out IpRange range))
            return range;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IpAddress.TryParse(text.AsSpan(0, slash), out IpAddress address)
            && byte.TryParse(text.AsSpan(slash + 1), out byte length) && length <= address.BitLength)
            throw Wrong($"'{text}' has bits behind its length {length}", $"The prefix that holds it is {IpPrefix.Containing(address, length)}.", text);
        throw Wrong($"'{text}' is neither a prefix, an address nor a range of addresses", "Write 10.66.0.0/24, 10.66.0.7 or 10.66.0.10-10.66.0.99, and the lower address first.", text);
    }

    public static IpRange Range(string? prefix, string? start, string? end)
    {
        if (prefix is not null)
            return Range(prefix);
        IpAddress first = Address(start!), last = end is null ? first : Address(end);
        if (first.Family != last.Family)
            throw Wrong($"{first} and {last} are of different families", "Give two IPv4 or two IPv6 addresses.", end);
        if (last < first)
            throw Wrong($"the range ends at {last}, before it starts at {first}", "Give the lower address as -StartAddress.", end);
        return new IpRange(first, last);
    }

    // PowerShell's own check of a length refuses nothing at all, which is what a piped object without a description has.
    public static string? Description(string? text) => text is not { Length: > MaxDescription }
        ? text
        : throw Wrong($"the description has {text.Length} characters", $"Use at most {MaxDescription}.", text);

    private static WgDynamicException Wrong(string message, string remedy, object? target) => new("WgInvalidArgument", ErrorCategory.InvalidArgument, message, remedy, target);
}

/// <summary>What is wanted of many: literally, which the daemon is asked, or by wildcards, which only who reads the answers can do.</summary>
internal sealed class Filter
{
    private readonly string[] _wildcards;
    private readonly string[] _literals;
    private readonly HashSet<string> _unseen;

    public Filter(string[]? wanted)
    {
        wanted ??= [];
        _wildcards = [.. wanted.Where(Names.IsWildcard)];
        _literals = [.. wanted.Where(item => !Names.IsWildcard(item))];
        _unseen = new HashSet<string>(_literals, StringComparer.Ordinal);
    }

    // What the daemon can be asked; none if it has to be asked for everything.
    public IReadOnlyList<string> Literals => _wildcards.Length == 0 && _literals.Length <= ControlProtocol.MaxFilterItems ? _literals : [];

    // Literal names that nothing had.
    public IReadOnlyCollection<string> Unseen => _unseen;

    public bool IsEmpty => _wildcards.Length == 0 && _literals.Length == 0;

    // Whether a thing of these names is wanted.
    public bool Takes(params ReadOnlySpan<string?> names)
    {
        if (IsEmpty)
            return true;
        bool takes = false;
        foreach (string? name in names)
        {
            if (name is null)
                continue;
            foreach (string literal in _literals)
            {
                if (!string.Equals(literal, name, StringComparison.OrdinalIgnoreCase))
                    continue;
                _ = _unseen.Remove(literal);
                takes = true;
            }

            foreach (string wildcard in _wildcards)
                takes = takes || Names.Fits(wildcard, name);
        }

        return takes;
    }
}

/// <summary>Which addresses are wanted: addresses, prefixes, ranges, or wildcards.</summary>
internal sealed class AddressFilter
{
    private readonly Filter _names;
    private readonly IpRange[] _ranges;
    private readonly HashSet<string> _single;

    public AddressFilter(string[]? wanted)
    {
        _names = new Filter(wanted);
        _ranges = [.. (wanted ?? []).Where(item => !Names.IsWildcard(item)).Select(Read.Range)];
        _single = [.. _ranges.Where(range => range.First == range.Last).Select(range => $"{range.First}")];
    }

    public bool IsEmpty => _names.IsEmpty;

    // What the daemon can be asked.
    public IReadOnlyList<IpRange> Ranges => _names.Literals.Count == 0 ? [] : _ranges;

    // Single addresses that nothing had.
    public IReadOnlyCollection<string> Unseen => _single;

    public bool Takes(IpAddress address)
    {
        if (IsEmpty)
            return true;
        string text = $"{address}";
        _ = _single.Remove(text);
        return _names.Takes(text) || _ranges.Any(range => range.Contains(address));
    }
}
