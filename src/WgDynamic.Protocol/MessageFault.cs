namespace WgDynamic.Protocol;

/// <summary>What is wrong with a message, and where. Holds nothing that the other side sent, so it can be logged as it is.</summary>
/// <param name="Reason">What is wrong; <see cref="FaultReason.None"/> if nothing is.</param>
/// <param name="Line">The line of the message, counted from 1.</param>
/// <param name="Key">The key of that line; null if it is unknown or there is none.</param>
public readonly record struct MessageFault(FaultReason Reason, int Line, string? Key)
{
    /// <summary>The error that a server answers such a request with.</summary>
    public WireError Error => Reason switch
    {
        FaultReason.None => WireError.Success,
        // An empty message names no command: the prototype answers it like an unknown one.
        FaultReason.UnknownCommand or FaultReason.UnsupportedVersion or FaultReason.EmptyMessage => WireError.UnsupportedProtocol,
        _ => WireError.InvalidRequest,
    };

    /// <summary>One line for a log: <c>line 3: ip: not a value of this key</c>.</summary>
    public override string ToString() => Reason == FaultReason.None
        ? "no fault"
        : Key is null ? $"line {Line}: {Describe(Reason)}" : $"line {Line}: {Key}: {Describe(Reason)}";

    private static string Describe(FaultReason reason) => reason switch
    {
        FaultReason.LineTooLong => $"longer than {WireLimits.MaxLineBytes} bytes",
        FaultReason.TooManyLines => $"more than {WireLimits.MaxLines} lines",
        FaultReason.MessageTooLong => $"message longer than {WireLimits.MaxMessageBytes} bytes",
        FaultReason.Truncated => "the stream ended inside a message",
        FaultReason.ForbiddenByte => "NUL or carriage return",
        FaultReason.NoEqualsSign => "not of the form key=value",
        FaultReason.EmptyMessage => "empty message",
        FaultReason.UnknownCommand => "unknown command",
        FaultReason.UnsupportedVersion => "unsupported version",
        FaultReason.MisplacedCommand => "a command does not belong here",
        FaultReason.MisplacedKey => "not a key of this command",
        FaultReason.BadValue => "not a value of this key",
        FaultReason.NotAHost => "a prefix instead of one address",
        FaultReason.TooManyValues => "repeated too often",
        FaultReason.NoLeaseTime => "an address without a lease time",
        _ => "faulty",
    };
}
