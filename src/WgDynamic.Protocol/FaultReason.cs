namespace WgDynamic.Protocol;

/// <summary>What is wrong with a message.</summary>
public enum FaultReason
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A line is longer than <see cref="WireLimits.MaxLineBytes"/>.</summary>
    LineTooLong,

    /// <summary>The message has more lines than <see cref="WireLimits.MaxLines"/>.</summary>
    TooManyLines,

    /// <summary>The message is longer than <see cref="WireLimits.MaxMessageBytes"/>.</summary>
    MessageTooLong,

    /// <summary>The stream ended inside a message.</summary>
    Truncated,

    /// <summary>The line holds NUL or a carriage return.</summary>
    ForbiddenByte,

    /// <summary>The line is not <c>key=value</c>.</summary>
    NoEqualsSign,

    /// <summary>A message without a line.</summary>
    EmptyMessage,

    /// <summary>The first line of a request is no command that is known here.</summary>
    UnknownCommand,

    /// <summary>A known command in a version that is not.</summary>
    UnsupportedVersion,

    /// <summary>A command behind the first line of a request, or in a reply.</summary>
    MisplacedCommand,

    /// <summary>A key that the command does not take.</summary>
    MisplacedKey,

    /// <summary>The value of a known key cannot be read, or lies outside its range.</summary>
    BadValue,

    /// <summary>An address with another prefix length than that of one host.</summary>
    NotAHost,

    /// <summary>A key is repeated more often than the limits allow.</summary>
    TooManyValues,

    /// <summary>A reply grants an address but no time to use it.</summary>
    NoLeaseTime,
}
