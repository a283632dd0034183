namespace WgDynamic.Daemon;

/// <summary>The daemon cannot start; the message says what is wrong and what to do, for a person to read.</summary>
/// <param name="message">One line, without a full stop.</param>
/// <param name="exitCode">What the process ends with.</param>
public sealed class StartupException(string message, int exitCode = DaemonHost.Failure) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}
