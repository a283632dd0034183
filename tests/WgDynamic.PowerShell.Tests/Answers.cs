using WgDynamic.Control;

namespace WgDynamic.PowerShell.Tests;

/// <summary>What a daemon of the tests answers: the same every time, so that views can be compared with a file.</summary>
internal static class Answers
{
    private static readonly InterfaceName _interface = InterfaceName.Parse("wg0");
    private static readonly PublicKey _laptop = PublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static readonly PublicKey _phone = PublicKey.Parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");
    private static readonly DateTimeOffset _start = new(2026, 11, 24, 8, 15, 30, TimeSpan.Zero);

    /// <summary>Answers a request.</summary>
    public static async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        foreach (ControlAnswer answer in To(call.Request))
            await call.WriteAsync(answer, cancellationToken);
    }

    private static IEnumerable<ControlAnswer> To(ControlRequest request) => request switch
    {
        LeasesRequest =>
        [
            Lease(_laptop, "10.66.0.7", LeaseState.Expired, "laptop", reserved: false),
            Lease(_phone, "10.66.0.142", LeaseState.Revoked, null, reserved: true),
            Lease(_phone, "fd66::5881:d684:f3db:f6c", LeaseState.Released, "a-machine-with-a-very-long-name.example.org", reserved: false),
        ],
        ReservationsRequest =>
        [
            new ReservationAnswer { Interface = _interface, PublicKey = _laptop, Address = IpAddress.Parse("10.66.0.7"), LeaseTime = TimeSpan.FromHours(12), Description = "the laptop of the one who sits beside the window", Origin = Origin.Runtime, InUse = true },
            new ReservationAnswer { Interface = _interface, PublicKey = _phone, Address = IpAddress.Parse("fd66::5881:d684:f3db:f6c"), Origin = Origin.File },
        ],
        PoolsRequest =>
        [
            new PoolAnswer { Interface = _interface, Name = "office", Range = IpRange.Parse("10.66.0.0/24"), LeaseTime = TimeSpan.FromHours(1), Origin = Origin.File, Enabled = true, Size = 253, InUse = 190, Reserved = 3, Free = 60 },
            new PoolAnswer { Interface = _interface, Range = IpRange.Parse("fd66::/64"), LeaseTime = TimeSpan.FromDays(1), Origin = Origin.Runtime, Enabled = false, Size = (UInt128)ulong.MaxValue, InUse = 2, Reserved = 0, Free = (UInt128)ulong.MaxValue - 2 },
        ],
        ExclusionsRequest =>
        [
            new ExclusionAnswer { Interface = _interface, Range = IpRange.Parse("10.66.0.1"), Pool = "office", Origin = Origin.Device },
            new ExclusionAnswer { Interface = _interface, Range = IpRange.Parse("10.66.0.240-10.66.0.247"), Pool = "office", Origin = Origin.Runtime },
        ],
        StatisticsRequest => [new StatisticsAnswer { Interface = _interface, Since = _start, Requests = 1234567, Grants = 4, Renewals = 1234560, Refusals = new Dictionary<string, long> { ["PoolExhausted"] = 3 }, Malformed = 1, Mended = 2, Connections = 99 }],
        StatusRequest =>
        [
            new ServerStatusAnswer { Interface = _interface, PublicKey = _laptop, Release = "0.1.0", ProcessId = 4711, Started = _start, ConfigurationPath = "/etc/wg-dynamic/wg0.conf", ConfigurationRead = _start, DatabasePath = "/var/lib/wg-dynamic/wg0.db", Peers = 250, Connections = 12, Pools = 2, ActiveLeases = 192, EndedLeases = 7 },
        ],
        EventsRequest =>
        [
            new EventAnswer { Sequence = 1, Time = _start, Interface = _interface, Role = DaemonRole.Server, Type = EventType.Granted, PublicKey = _laptop, Address = IpAddress.Parse("10.66.0.7"), Message = "leased 10.66.0.7 to xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=" },
            new EventAnswer { Sequence = 0, Time = _start, Interface = _interface, Role = DaemonRole.Server, Type = EventType.Lagged, Lost = 3, Message = "3 events are missing here" },
        ],
        _ => throw new ControlException(ControlError.NotSupported, "this daemon knows no such request"),
    };

    private static LeaseAnswer Lease(PublicKey key, string address, LeaseState state, string? host, bool reserved) => new()
    {
        Interface = _interface,
        Role = DaemonRole.Server,
        PublicKey = key,
        Address = IpAddress.Parse(address),
        State = state,
        Reserved = reserved,
        Start = _start,
        End = _start.AddHours(2),
        LeaseTime = TimeSpan.FromHours(1),
        Remaining = TimeSpan.Zero,
        Pool = address.Contains(':', StringComparison.Ordinal) ? "fd66::/64" : "office",
        HostName = host,
        LastHandshake = _start.AddMinutes(50),
        Endpoint = "192.0.2.7:51820",
    };
}
