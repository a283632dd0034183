using Microsoft.Extensions.Logging;

namespace WgDynamic.Client;

/// <summary>Every line that the client logs. Information and above is what a person may want to act on.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information, "{Interface}: asking {Server} as {Address}")]
    public static partial void Started(this ILogger log, InterfaceName @interface, PublicKey server, IpAddress address);

    [LoggerMessage(2, LogLevel.Information, "{Interface}: leased {Addresses} for {Seconds} s")]
    public static partial void Leased(this ILogger log, InterfaceName @interface, string addresses, long seconds);

    [LoggerMessage(3, LogLevel.Debug, "{Interface}: renewed {Addresses} for {Seconds} s")]
    public static partial void Renewed(this ILogger log, InterfaceName @interface, string addresses, long seconds);

    [LoggerMessage(4, LogLevel.Warning, "{Interface}: the lease is over, {Addresses} removed; still asking")]
    public static partial void Expired(this ILogger log, InterfaceName @interface, string addresses);

    [LoggerMessage(5, LogLevel.Warning, "{Interface}: {Problem}; trying again")]
    public static partial void Trouble(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(6, LogLevel.Debug, "{Interface}: {Problem}; trying again")]
    public static partial void SameTrouble(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(7, LogLevel.Information, "{Interface} is gone, ending")]
    public static partial void InterfaceGone(this ILogger log, InterfaceName @interface);

    [LoggerMessage(8, LogLevel.Information, "{Interface}: stopped, {Addresses} removed")]
    public static partial void Stopped(this ILogger log, InterfaceName @interface, string addresses);

    [LoggerMessage(9, LogLevel.Information, "{Interface} is down, waiting for it to come up")]
    public static partial void Waiting(this ILogger log, InterfaceName @interface);

    [LoggerMessage(10, LogLevel.Warning, "{Interface}: {Address} cannot be removed")]
    public static partial void RemoveFailed(this ILogger log, InterfaceName @interface, IpAddress address, Exception error);

    [LoggerMessage(11, LogLevel.Debug, "{Interface}: {Action}")]
    public static partial void Doing(this ILogger log, InterfaceName @interface, object action);

    [LoggerMessage(12, LogLevel.Information, "{Interface}: the server pushes {State}, which is in force now")]
    public static partial void Pushed(this ILogger log, InterfaceName @interface, object state);

    [LoggerMessage(13, LogLevel.Information, "{Interface}: not accepted from the server: {Refusal}")]
    public static partial void Refused(this ILogger log, InterfaceName @interface, string refusal);

    [LoggerMessage(14, LogLevel.Warning, "{Interface}: what the server pushed cannot all be undone: {Problem}")]
    public static partial void NotWithdrawn(this ILogger log, InterfaceName @interface, string problem);

    [LoggerMessage(15, LogLevel.Debug, "{Interface}: state number {Serial}")]
    public static partial void Serial(this ILogger log, InterfaceName @interface, ulong serial);

    [LoggerMessage(16, LogLevel.Debug, "{Interface}: {Step}")]
    public static partial void Taking(this ILogger log, InterfaceName @interface, object step);

    [LoggerMessage(17, LogLevel.Information, "{Interface}: undoing what an earlier client has left in force: {Effects}")]
    public static partial void Recovering(this ILogger log, InterfaceName @interface, string effects);

    [LoggerMessage(18, LogLevel.Warning, "{Interface}: what an earlier client may have left in force is not known, the file that says so cannot be read")]
    public static partial void NotRecovered(this ILogger log, InterfaceName @interface, Exception error);

    [LoggerMessage(19, LogLevel.Information, "{Interface}: had vanished and is in force again: {Effects} ({Total} times so far)")]
    public static partial void Restored(this ILogger log, InterfaceName @interface, string effects, int total);

    [LoggerMessage(20, LogLevel.Debug, "{Interface} is up")]
    public static partial void LinkUp(this ILogger log, InterfaceName @interface);

    [LoggerMessage(21, LogLevel.Warning, "{Interface}: going on without the control socket: {Problem}; wg-dynamic and PowerShell cannot ask this client. {Remedy}")]
    public static partial void NoControl(this ILogger log, InterfaceName @interface, string problem, string remedy);

    [LoggerMessage(22, LogLevel.Error, "{Interface}: unexpected failure at the control socket, please report it")]
    public static partial void ControlFailed(this ILogger log, InterfaceName @interface, Exception error);
}
