namespace WgDynamic.Protocol;

/// <summary>
/// The number behind <c>errno=</c> in a reply. A reader of replies may come by numbers that have no name here:
/// they are failures of a kind that a later version knows.
/// </summary>
public enum WireError
{
    /// <summary>The request was granted in full.</summary>
    Success = 0,

    /// <summary>The request is malformed. The server closes the connection after it.</summary>
    InvalidRequest = 1,

    /// <summary>Unknown command, or a known one in another version. The server closes the connection after it.</summary>
    UnsupportedProtocol = 2,

    /// <summary>At least one address that was asked for is not to be had; those in the reply were granted. The session goes on.</summary>
    AddressUnavailable = 3,
}

/// <summary>What goes with the numbers.</summary>
public static class WireErrors
{
    // By number, and to the byte what the 2019 prototype says: its users know these texts.
    private static readonly string?[] _texts = [null, "Invalid request", "Unsupported protocol", "Chosen IP(s) unavailable"];

    /// <summary>The text that is sent as <c>errmsg=</c>.</summary>
    /// <param name="error">Any number.</param>
    /// <returns>The text; null for <see cref="WireError.Success"/> and for numbers without a name.</returns>
    public static string? Text(this WireError error) =>
        (uint)error < (uint)_texts.Length ? _texts[(int)error] : null;
}
