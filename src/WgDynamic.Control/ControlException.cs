namespace WgDynamic.Control;

/// <summary>What kept a request from being answered.</summary>
public enum ControlFailure
{
    /// <summary>There is no socket, or nobody listens on it.</summary>
    NotFound,

    /// <summary>The socket may not be opened.</summary>
    AccessDenied,

    /// <summary>The other end speaks another version.</summary>
    VersionMismatch,

    /// <summary>What came is no answer.</summary>
    ProtocolError,

    /// <summary>The other end went away before it had answered.</summary>
    Disconnected,

    /// <summary>The daemon answered with an error: see <see cref="ControlException.Code"/>.</summary>
    Answered,
}

/// <summary>A request at the control socket that failed. A daemon's handler throws it with a code to answer so.</summary>
public sealed class ControlException : Exception
{
    /// <summary>An error that a daemon answers.</summary>
    /// <param name="code">For programs.</param>
    /// <param name="message">What is wrong, and with what.</param>
    /// <param name="remedy">What to do about it.</param>
    public ControlException(ControlError code, string message, string? remedy = null)
        : base(message)
    {
        Failure = code == ControlError.VersionMismatch ? ControlFailure.VersionMismatch : ControlFailure.Answered;
        Code = code;
        Remedy = remedy;
    }

    /// <summary>A failure of the connection.</summary>
    /// <param name="failure">Which.</param>
    /// <param name="message">What is wrong, and with what.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="cause">What it comes from.</param>
    public ControlException(ControlFailure failure, string message, string? remedy = null, Exception? cause = null)
        : base(message, cause)
    {
        Failure = failure;
        Remedy = remedy;
    }

    /// <summary>What kept the request from being answered.</summary>
    public ControlFailure Failure { get; }

    /// <summary>The daemon's error; null if it is the connection's.</summary>
    public ControlError? Code { get; }

    /// <summary>What to do about it; null if that is plain.</summary>
    public string? Remedy { get; }
}
