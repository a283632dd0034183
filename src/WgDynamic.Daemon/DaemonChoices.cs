using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>How the person wants a daemon to run: the values of the options that all daemons take.</summary>
/// <param name="Foreground">Stay where it was started.</param>
/// <param name="LogLevel">The least important level that is logged.</param>
/// <param name="RuntimeDirectory">Where locks lie.</param>
public readonly record struct DaemonChoices(bool Foreground, LogLevel LogLevel, string RuntimeDirectory);
