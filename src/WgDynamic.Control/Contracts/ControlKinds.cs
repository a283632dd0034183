using System.Text.Json;
using System.Text.Json.Serialization;
using WgDynamic.Control.Json;

namespace WgDynamic.Control;

/// <summary>All that can be asked and answered, by the name that stands in its line.</summary>
internal static class ControlKinds
{
    /// <summary>What daemons answer.</summary>
    public static Kinds<ControlAnswer> Answers { get; } = new(
        "answer",
        ControlJson.Default.Options,
        ("hello", typeof(HelloAnswer)),
        ("end", typeof(EndAnswer)),
        ("error", typeof(ErrorAnswer)),
        ("serverStatus", typeof(ServerStatusAnswer)),
        ("clientStatus", typeof(ClientStatusAnswer)),
        ("lease", typeof(LeaseAnswer)),
        ("reservation", typeof(ReservationAnswer)),
        ("pool", typeof(PoolAnswer)),
        ("exclusion", typeof(ExclusionAnswer)),
        ("statistics", typeof(StatisticsAnswer)),
        ("problem", typeof(ProblemAnswer)),
        ("content", typeof(ContentAnswer)),
        ("history", typeof(HistoryAnswer)),
        ("event", typeof(EventAnswer)));

    /// <summary>What can be asked. Nothing may stand there that is not known: what was meant to narrow a request must not be lost.</summary>
    public static Kinds<ControlRequest> Requests { get; } = new(
        "request",
        new ControlJson(new JsonSerializerOptions(ControlJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow }).Options,
        ("status", typeof(StatusRequest)),
        ("leases", typeof(LeasesRequest)),
        ("revoke", typeof(RevokeRequest)),
        ("reservations", typeof(ReservationsRequest)),
        ("addReservation", typeof(AddReservationRequest)),
        ("setReservation", typeof(SetReservationRequest)),
        ("removeReservation", typeof(RemoveReservationRequest)),
        ("pools", typeof(PoolsRequest)),
        ("addPool", typeof(AddPoolRequest)),
        ("setPool", typeof(SetPoolRequest)),
        ("removePool", typeof(RemovePoolRequest)),
        ("exclusions", typeof(ExclusionsRequest)),
        ("addExclusion", typeof(AddExclusionRequest)),
        ("removeExclusion", typeof(RemoveExclusionRequest)),
        ("statistics", typeof(StatisticsRequest)),
        ("resetStatistics", typeof(ResetStatisticsRequest)),
        ("reload", typeof(ReloadRequest)),
        ("backup", typeof(BackupRequest)),
        ("restore", typeof(RestoreRequest)),
        ("upload", typeof(UploadRequest)),
        ("history", typeof(HistoryRequest)),
        ("events", typeof(EventsRequest)),
        ("watch", typeof(WatchRequest)),
        ("renew", typeof(RenewRequest)),
        ("stop", typeof(StopRequest)));
}
