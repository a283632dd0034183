using WgDynamic.Control;

namespace WgDynamic.Tool.Tests;

/// <summary>Answers as daemons give them.</summary>
internal static class Samples
{
    public static readonly PublicKey Alice = PublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    public static readonly PublicKey Bob = PublicKey.Parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");
    public static readonly InterfaceName Wg0 = InterfaceName.Parse("wg0");

    public static readonly LeaseAnswer Lease = new()
    {
        Interface = Wg0,
        Role = DaemonRole.Server,
        PublicKey = Alice,
        Address = IpAddress.Parse("10.66.0.7"),
        State = LeaseState.Active,
        Start = ToolRun.Now.AddDays(-1),
        End = ToolRun.Now.AddMinutes(64),
        LeaseTime = TimeSpan.FromHours(2),
        Remaining = TimeSpan.FromMinutes(64) + TimeSpan.FromSeconds(7),
        Pool = "office",
        HostName = "laptop",
        LastHandshake = ToolRun.Now.AddSeconds(-65),
        Endpoint = "192.0.2.7:51820",
    };

    public static readonly LeaseAnswer Ended = new()
    {
        Interface = Wg0,
        Role = DaemonRole.Server,
        PublicKey = Bob,
        Address = IpAddress.Parse("fd66::19af:d25b:acd6:6f70"),
        State = LeaseState.Revoked,
        Reserved = true,
        Start = ToolRun.Now.AddDays(-9),
        End = ToolRun.Now.AddDays(-2),
        LeaseTime = TimeSpan.FromHours(2),
        Remaining = TimeSpan.Zero,
    };

    public static readonly PoolAnswer Pool = new()
    {
        Interface = Wg0,
        Name = "office",
        Range = IpRange.Parse("10.66.0.0/24"),
        LeaseTime = TimeSpan.FromHours(2),
        Origin = Origin.File,
        Enabled = true,
        Size = 253,
        InUse = 100,
        Reserved = 3,
        Free = 150,
    };

    public static readonly PoolAnswer Pool6 = new()
    {
        Interface = Wg0,
        Range = IpRange.Parse("fd66::/64"),
        LeaseTime = TimeSpan.FromHours(2),
        Origin = Origin.Route,
        Enabled = true,
        Size = UInt128.One << 64,
        InUse = 1,
        Reserved = 0,
        Free = (UInt128.One << 64) - 1,
    };

    public static readonly ServerStatusAnswer Server = new()
    {
        Interface = Wg0,
        PublicKey = Alice,
        Release = "0.2.0",
        ProcessId = 4711,
        Started = ToolRun.Now.AddHours(-3),
        ConfigurationPath = "/etc/wg-dynamic/wg0.conf",
        ConfigurationRead = ToolRun.Now.AddMinutes(-5),
        DatabasePath = "/var/lib/wg-dynamic/wg0.db",
        Peers = 12,
        Connections = 2,
        Pools = 2,
        ActiveLeases = 2,
        EndedLeases = 1,
    };

    public static readonly ClientStatusAnswer Client = new()
    {
        Interface = Wg0,
        Release = "0.2.0",
        ProcessId = 4712,
        Started = ToolRun.Now.AddHours(-3),
        State = ClientPhase.Bound,
        ServerPublicKey = Bob,
        LinkLocalAddress = IpAddress.Parse("fe80::abcd"),
        Addresses = [IpAddress.Parse("10.66.0.7"), IpAddress.Parse("fd66::7")],
        LeaseEnd = ToolRun.Now.AddSeconds(3599),
        NextRequest = ToolRun.Now.AddMinutes(29),
        Routes = [IpPrefix.Parse("10.0.0.0/8")],
        DnsServers = [IpAddress.Parse("10.66.0.1")],
        SearchDomains = ["example.org"],
        Mtu = 1380,
    };

    public static readonly ReservationAnswer Reservation = new()
    {
        Interface = Wg0,
        PublicKey = Alice,
        Address = IpAddress.Parse("10.66.0.7"),
        LeaseTime = TimeSpan.FromDays(7),
        Description = "printer, ground floor",
        Origin = Origin.Runtime,
        InUse = true,
    };

    public static readonly ExclusionAnswer Exclusion = new()
    {
        Interface = Wg0,
        Range = IpRange.Parse("10.66.0.200-10.66.0.254"),
        Pool = "office",
        Origin = Origin.Runtime,
    };

    public static readonly EventAnswer Event = new()
    {
        Sequence = 17,
        Time = ToolRun.Now,
        Interface = Wg0,
        Role = DaemonRole.Server,
        Type = EventType.Granted,
        PublicKey = Alice,
        Address = IpAddress.Parse("10.66.0.7"),
        Message = $"leased 10.66.0.7 to {Alice}",
    };
}
