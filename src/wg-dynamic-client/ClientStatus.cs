using System.Globalization;
using WgDynamic.Control;

namespace WgDynamic.Client;

/// <summary>How the client is doing, in one line for <c>systemctl status</c>.</summary>
internal static class ClientStatus
{
    /// <summary>Puts it into words.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="state">Where the client stands.</param>
    /// <param name="held">The leased addresses.</param>
    /// <param name="left">For how long yet.</param>
    /// <param name="problem">What is in the way; empty for nothing.</param>
    /// <param name="clock">For the time of day, and its zone.</param>
    public static string Text(InterfaceName interfaceName, ClientPhase state, IEnumerable<IpAddress> held, TimeSpan left, string problem, TimeProvider clock)
    {
        string addresses = string.Join(", ", held.Select(address => IpPrefix.Host(address)));
        string text = state switch
        {
            ClientPhase.Waiting => $"{interfaceName} is down",
            ClientPhase.Stopping => "giving back what it had",
            _ when addresses.Length > 0 => $"leased {addresses} until {Time(left, clock)}",
            _ => $"asking for addresses on {interfaceName}",
        };
        return problem.Length == 0 || state is ClientPhase.Waiting or ClientPhase.Stopping ? text
            : addresses.Length > 0 ? $"{text}; {problem}"
            : $"{text}: {problem}";
    }

    private static string Time(TimeSpan left, TimeProvider clock)
    {
        DateTimeOffset now = clock.GetLocalNow();
        // A lease may last longer than there are dates. To the nearest second, as it is the same end that is told again and again.
        DateTimeOffset end = left < DateTimeOffset.MaxValue - now - TimeSpan.FromDays(1) ? now + left + TimeSpan.FromSeconds(0.5) : DateTimeOffset.MaxValue;
        return end.ToString(end.Date == now.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
