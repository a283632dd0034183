using System.Text.Json.Serialization;
using WgDynamic.Control.Json;

namespace WgDynamic.Control;

/// <summary>
/// What both ends of a control socket agree on: docs/control.md. A connection is one request: the daemon says
/// <see cref="HelloAnswer"/>, the caller its <see cref="ControlRequest"/>, the daemon its answers, the last of which is
/// <see cref="EndAnswer"/> or <see cref="ErrorAnswer"/>. Each is one line of JSON, in UTF-8.
/// </summary>
public static class ControlProtocol
{
    /// <summary>Goes up when an older end would misunderstand a newer one; what is merely added is ignored by who does not know it.</summary>
    public const int Version = 1;

    /// <summary>The longest line, in bytes, without its end.</summary>
    public const int MaxLine = 64 * 1024;

    /// <summary>The most bytes of a file in one <see cref="UploadRequest"/> or <see cref="ContentAnswer"/>: base64 makes four characters of three of them.</summary>
    public const int MaxContent = 32 * 1024;

    /// <summary>The most keys, addresses, pools or the like in one filter.</summary>
    public const int MaxFilterItems = 256;
}

/// <summary>The contracts as JSON, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8,
    Converters = [
        typeof(PublicKeyConverter), typeof(InterfaceNameConverter), typeof(IpAddressConverter), typeof(IpRangeConverter), typeof(IpPrefixConverter), typeof(SecondsConverter),
        typeof(NameConverter<DaemonRole>), typeof(NameConverter<LeaseState>), typeof(NameConverter<AddressFamilyName>), typeof(NameConverter<Origin>),
        typeof(NameConverter<EventType>), typeof(NameConverter<ControlError>), typeof(NameConverter<ProblemSeverity>), typeof(NameConverter<ClientPhase>), typeof(NameConverter<RefusalReason>)])]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(LeasesRequest))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(ReservationsRequest))]
[JsonSerializable(typeof(AddReservationRequest))]
[JsonSerializable(typeof(SetReservationRequest))]
[JsonSerializable(typeof(RemoveReservationRequest))]
[JsonSerializable(typeof(PoolsRequest))]
[JsonSerializable(typeof(AddPoolRequest))]
[JsonSerializable(typeof(SetPoolRequest))]
[JsonSerializable(typeof(RemovePoolRequest))]
[JsonSerializable(typeof(ExclusionsRequest))]
[JsonSerializable(typeof(AddExclusionRequest))]
[JsonSerializable(typeof(RemoveExclusionRequest))]
[JsonSerializable(typeof(StatisticsRequest))]
[JsonSerializable(typeof(ResetStatisticsRequest))]
[JsonSerializable(typeof(ReloadRequest))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(EventsRequest))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(HelloAnswer))]
[JsonSerializable(typeof(EndAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ServerStatusAnswer))]
[JsonSerializable(typeof(ClientStatusAnswer))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(ReservationAnswer))]
[JsonSerializable(typeof(PoolAnswer))]
[JsonSerializable(typeof(ExclusionAnswer))]
[JsonSerializable(typeof(StatisticsAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(ContentAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(EventAnswer))]
public sealed partial class ControlJson : JsonSerializerContext;
