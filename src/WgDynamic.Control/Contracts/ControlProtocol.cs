using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
    AllowOutOfOrderMetadataProperties = true,
    MaxDepth = 8,
    Converters = [
        typeof(PublicKeyConverter), typeof(InterfaceNameConverter), typeof(IpAddressConverter), typeof(IpRangeConverter), typeof(IpPrefixConverter), typeof(SecondsConverter),
        typeof(NameConverter<DaemonRole>), typeof(NameConverter<LeaseState>), typeof(NameConverter<AddressFamilyName>), typeof(NameConverter<Origin>),
        typeof(NameConverter<EventType>), typeof(NameConverter<ControlError>), typeof(NameConverter<ProblemSeverity>), typeof(NameConverter<ClientPhase>), typeof(NameConverter<RefusalReason>)])]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
public sealed partial class ControlJson : JsonSerializerContext;

/// <summary>Requests as JSON, in which nothing may stand that is not known: what was meant to narrow a request must not be lost.</summary>
internal static class RequestJson
{
    public static JsonTypeInfo<ControlRequest> Type { get; } =
        new ControlJson(new JsonSerializerOptions(ControlJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow }).ControlRequest;
}
