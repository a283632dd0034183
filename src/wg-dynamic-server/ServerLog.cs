using Microsoft.Extensions.Logging;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Every line that the server logs. Information and above is what a person may want to act on.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "{Interface}: serving on [fe80::]:970, pools: {Pools}")]
    public static partial void Serving(this ILogger log, InterfaceName @interface, string pools);

    [LoggerMessage(2, LogLevel.Information, "{Interface}: pools: {Pools}")]
    public static partial void Pools(this ILogger log, InterfaceName @interface, string pools);

    [LoggerMessage(3, LogLevel.Information, "{Interface}: leased {Address} to {Peer}")]
    public static partial void Granted(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer);

    [LoggerMessage(4, LogLevel.Debug, "{Interface}: renewed {Address} of {Peer}")]
    public static partial void Renewed(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer);

    [LoggerMessage(5, LogLevel.Information, "{Interface}: lease of {Address} to {Peer} ended: {State}")]
    public static partial void Ended(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer, LeaseState state);

    [LoggerMessage(6, LogLevel.Warning, "{Interface}: no free {Family} address for {Peer}: {Active} leases are active ({Suppressed} more refusals not logged); add a route for another pool, or shorten the lease time")]
    public static partial void PoolExhausted(this ILogger log, InterfaceName @interface, string family, PublicKey peer, int active, int suppressed);

    [LoggerMessage(34, LogLevel.Debug, "{Interface}: no {Family} address for {Peer}, for there is no {Family} pool")]
    public static partial void NoPool(this ILogger log, InterfaceName @interface, string family, PublicKey peer);

    [LoggerMessage(64, LogLevel.Warning, "{Interface}: {Peer} has had too many new addresses lately, and gets the next one later ({Suppressed} more such refusals not logged); if it needs them, set GrantInterval and GrantBurst in [Server]")]
    public static partial void HeldBack(this ILogger log, InterfaceName @interface, PublicKey peer, int suppressed);

    [LoggerMessage(7, LogLevel.Debug, "{Interface}: refused {IPv4} {IPv6} to {Peer}: not in a pool, or taken")]
    public static partial void AddressRefused(this ILogger log, InterfaceName @interface, IpAddress? iPv4, IpAddress? iPv6, PublicKey peer);

    [LoggerMessage(8, LogLevel.Error, "{Interface}: leases cannot be stored: {Problem}. Clients keep what they have, nobody gets anything new; will try again every second")]
    public static partial void StoreFailed(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(20, LogLevel.Information, "{Interface}: leases are stored again, {Count} changes that were missing among them")]
    public static partial void StoreRecovered(this ILogger log, InterfaceName @interface, int count);

    [LoggerMessage(21, LogLevel.Warning, "{Interface}: {Address}, reserved for {Peer}, cannot be leased: it is this host's own, in another peer's AllowedIPs, or a second one of its family for that peer")]
    public static partial void ReservationUnusable(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer);

    [LoggerMessage(22, LogLevel.Information, "{Interface}: {Count} leases were not allowed any more and have been revoked")]
    public static partial void Disallowed(this ILogger log, InterfaceName @interface, int count);

    [LoggerMessage(23, LogLevel.Information, "{Interface}: {Active} leases taken over from the store, {Ended} ended ones remembered")]
    public static partial void Restored(this ILogger log, InterfaceName @interface, int active, int ended);

    [LoggerMessage(24, LogLevel.Warning, "{Interface}: this host's clock says {Now:u}, but the lease store was written at {LastCommit:u}: leases are counted from the later; correct the clock")]
    public static partial void ClockWentBack(this ILogger log, InterfaceName @interface, DateTimeOffset now, DateTimeOffset lastCommit);

    [LoggerMessage(25, LogLevel.Error, "{Problem}")]
    public static partial void ConfigurationError(this ILogger log, string problem);

    [LoggerMessage(26, LogLevel.Warning, "{Problem}")]
    public static partial void ConfigurationWarning(this ILogger log, string problem);

    [LoggerMessage(27, LogLevel.Error, "{Interface}: the configuration file has errors, the one read before stays in force")]
    public static partial void ConfigurationKept(this ILogger log, InterfaceName @interface);

    [LoggerMessage(28, LogLevel.Information, "{Interface}: configuration read anew: {Pools} pools, {Reservations} reservations, {Pushes} pushes")]
    public static partial void ConfigurationRead(this ILogger log, InterfaceName @interface, int pools, int reservations, int pushes);

    [LoggerMessage(30, LogLevel.Warning, "{Interface}: {Peer} has {LeftOut} routes more than a reply can hold: they are not pushed; use wider prefixes")]
    public static partial void RoutesLeftOut(this ILogger log, InterfaceName @interface, PublicKey peer, int leftOut);

    [LoggerMessage(31, LogLevel.Warning, "{Interface}: the lease database was damaged, and has been written anew from memory: no lease is lost, the history begins anew; the damaged file is {Aside}")]
    public static partial void StoreRebuilt(this ILogger log, InterfaceName @interface, string aside);

    [LoggerMessage(32, LogLevel.Information, "{Interface}: the history ends with {Head}; --check-database --head {Head} says later whether it was rewritten up to there")]
    public static partial void HistoryHead(this ILogger log, InterfaceName @interface, string head);

    [LoggerMessage(60, LogLevel.Information, "{Interface}: by the control socket: {Change}")]
    public static partial void PlanChanged(this ILogger log, InterfaceName @interface, string change);

    [LoggerMessage(61, LogLevel.Warning, "{Interface}: {Entry}, added by the control socket, is not in force, or not wholly: {Problem}; it is kept, and counts again when that is over")]
    public static partial void RuntimeEntryGivesWay(this ILogger log, InterfaceName @interface, string entry, string problem);

    [LoggerMessage(9, LogLevel.Error, "{Interface}: the WireGuard device cannot be read or changed, will go on trying: {Problem}")]
    public static partial void DeviceFailed(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(33, LogLevel.Information, "{Interface}: the WireGuard device can be read and changed again")]
    public static partial void DeviceRecovered(this ILogger log, InterfaceName @interface);

    [LoggerMessage(10, LogLevel.Warning, "{Interface}: {Address}, leased to {Peer}, is in the AllowedIPs of {Holder} now: the lease is revoked")]
    public static partial void Conflict(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer, PublicKey holder);

    [LoggerMessage(11, LogLevel.Warning, "{Interface}: AllowedIPs had been changed behind the server's back: {Added} put back, {Removed} removed")]
    public static partial void Mended(this ILogger log, InterfaceName @interface, int added, int removed);

    [LoggerMessage(12, LogLevel.Debug, "{Interface}: connection from {Source} closed: {Reason}")]
    public static partial void Rejected(this ILogger log, InterfaceName @interface, string source, string reason);

    [LoggerMessage(13, LogLevel.Information, "{Interface}: {Source}: malformed request: {Fault} ({Suppressed} more not logged)")]
    public static partial void Malformed(this ILogger log, InterfaceName @interface, IpAddress source, string fault, int suppressed);

    [LoggerMessage(14, LogLevel.Warning, "{Interface}: cannot accept connections, will try again")]
    public static partial void AcceptFailed(this ILogger log, InterfaceName @interface, Exception error);

    [LoggerMessage(15, LogLevel.Information, "{Interface} is gone, ending")]
    public static partial void InterfaceGone(this ILogger log, InterfaceName @interface);

    [LoggerMessage(16, LogLevel.Warning, "{Interface} has lost the address fe80::, no client can reach the server; put it back with: ip address add fe80::/64 dev {Interface}")]
    public static partial void AddressLost(this ILogger log, InterfaceName @interface);

    [LoggerMessage(17, LogLevel.Error, "{Interface}: a session failed")]
    public static partial void SessionFailed(this ILogger log, InterfaceName @interface, Exception error);

    [LoggerMessage(18, LogLevel.Information, "{Interface}: put fe80::/64 on the interface")]
    public static partial void AddressAssigned(this ILogger log, InterfaceName @interface);

    [LoggerMessage(35, LogLevel.Information, "{Interface}: {Who} takes {Address} back from {Peer}: {Reason}")]
    public static partial void RevokedByHand(this ILogger log, InterfaceName @interface, IpAddress address, PublicKey peer, string who, string reason);

    [LoggerMessage(36, LogLevel.Warning, "{Interface}: there is no control socket, so wg-dynamic and PowerShell cannot ask this server: {Problem}. {Remedy}")]
    public static partial void NoControl(this ILogger log, InterfaceName @interface, string problem, string remedy);

    [LoggerMessage(37, LogLevel.Error, "{Interface}: a request at the control socket failed unexpectedly, please report it")]
    public static partial void ControlFailed(this ILogger log, InterfaceName @interface, Exception error);

    [LoggerMessage(62, LogLevel.Warning, "{Interface}: {Who} has put a backup in the lease database's place, and the server has begun anew with it; the former one is {Former}")]
    public static partial void DatabaseRestored(this ILogger log, InterfaceName @interface, string who, string former);

    [LoggerMessage(63, LogLevel.Warning, "{Interface}: metrics are not served: {Problem}. Correct Metrics in the configuration file, or end who has it, and reload")]
    public static partial void NoMetrics(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(38, LogLevel.Warning, "{Interface}: there is no group {Group} that could change something at the control socket: only root can; correct ControlGroup in the configuration file, or make the group")]
    public static partial void NoControlGroup(this ILogger log, InterfaceName @interface, string group);

    [LoggerMessage(19, LogLevel.Warning, "{Interface}: the interface's routes cannot be read, will try again")]
    public static partial void RoutesFailed(this ILogger log, InterfaceName @interface, Exception error);
}
