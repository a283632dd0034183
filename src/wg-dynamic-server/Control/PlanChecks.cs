using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What a request at the control socket may say of a plan: what the configuration file may, and not without end.</summary>
internal static class PlanChecks
{
    /// <summary>The most pools that may be added.</summary>
    public const int MaxPools = 1024;

    /// <summary>The most reservations that may be added.</summary>
    public const int MaxReservations = 65_536;

    /// <summary>The most exclusions that may be added.</summary>
    public const int MaxExclusions = 4096;

    /// <summary>The longest text for people, in characters.</summary>
    public const int MaxTextLength = 200;

    /// <summary>A lease time, in whole seconds.</summary>
    public static TimeSpan? LeaseTime(TimeSpan? time) =>
        time is not { } given || (given >= LeasePolicy.MinLeaseTime && given <= LeasePolicy.MaxLeaseTime && given.Ticks % TimeSpan.TicksPerSecond == 0)
            ? time
            : throw new ControlException(ControlError.InvalidRequest, $"a lease cannot last {given.TotalSeconds:0.###} seconds", $"name whole seconds, from 1 to {LeasePolicy.MaxLeaseTime.TotalSeconds:0}");

    /// <summary>A lease time of a change: zero is none of its own any more, null is the one from before.</summary>
    public static TimeSpan? LeaseTime(TimeSpan? time, TimeSpan? before) => time == TimeSpan.Zero ? null : LeaseTime(time) ?? before;

    /// <summary>A pool's name; empty is none.</summary>
    public static string? Name(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        if (name.Length > ValueReader.MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ControlException(ControlError.InvalidRequest, "this is not a name for a pool", $"write 1 to {ValueReader.MaxNameLength} letters, digits, '-', '_' or '.'");
        // Pools are named by their ranges as well.
        return IpRange.TryParse(name, out _)
            ? throw new ControlException(ControlError.InvalidRequest, $"{name} is a range of addresses and no name for a pool", "write a name that is no address")
            : name;
    }

    /// <summary>A text for people; empty is none.</summary>
    public static string? Text(string? text) =>
        string.IsNullOrEmpty(text) ? null
            : text.Length <= MaxTextLength && !text.Any(char.IsControl) ? text
            : throw new ControlException(ControlError.InvalidRequest, "the description is too long, or not printable", $"write at most {MaxTextLength} printable characters");

    /// <summary>Addresses to lease.</summary>
    public static void RequireHosts(IpRange range)
    {
        if (range.TryGetPrefix(out IpPrefix prefix) && prefix.Length == 0)
            throw new ControlException(ControlError.AddressNotInPool, $"{range} is every address that there is", "name the range of your network, such as 10.66.0.0/24 or fd66::/64");
        if (SpecialAddresses.AnyIn(range) is { } kind)
            throw new ControlException(ControlError.AddressNotInPool, $"{range} has {kind} addresses, which are not for hosts", "name the range of your network, such as 10.66.0.0/24 or fd66::/64");
    }

    /// <summary>No more of something than there may be.</summary>
    public static void RequireRoom(int count, int most, string what)
    {
        if (count >= most)
            throw new ControlException(ControlError.Failed, $"{most} {what} have been added, and there may be no more", "remove some, or write them into the configuration file");
    }
}
