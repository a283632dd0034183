namespace WgDynamic.Daemon;

/// <summary>The daemon cannot start; the message says what is wrong and what to do, for a person to read.</summary>
/// <param name="message">One line, without a full stop.</param>
public sealed class StartupException(string message) : Exception(message);
