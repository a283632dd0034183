using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>What went wrong, and what to do about it.</summary>
public sealed class WgDynamicException : Exception
{
    internal WgDynamicException(string id, ErrorCategory category, string message, string remedy, object? target = null, Exception? cause = null)
        : base(Sentence(message), cause)
    {
        Id = id;
        Category = category;
        Remedy = Sentence(remedy);
        Target = target;
    }

    /// <summary>The stable first part of the error's FullyQualifiedErrorId, such as WgLeaseNotFound.</summary>
    public string Id { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    internal ErrorCategory Category { get; }

    internal object? Target { get; }

    /// <summary>Whether there is nobody left to ask.</summary>
    internal bool IsFatal => InnerException is ControlException { Failure: ControlFailure.Disconnected };

    internal ErrorRecord ToRecord(object? target) =>
        new(this, Id, Category, Target ?? target) { ErrorDetails = new ErrorDetails(Message) { RecommendedAction = Remedy } };

    internal static WgDynamicException From(ControlException error)
    {
        (string id, ErrorCategory category, string remedy) = error.Code switch
        {
            ControlError.VersionMismatch => ("WgVersionMismatch", ErrorCategory.NotInstalled, "Use the module that came with the daemon's release, or upgrade and restart the daemon."),
            ControlError.AccessDenied => ("WgControlAccessDenied", ErrorCategory.PermissionDenied, "Run PowerShell as root, or as a member of the group that may change something."),
            ControlError.TimedOut => ("WgControlTimeout", ErrorCategory.OperationTimeout, "Try again, with more time; the daemon's log says what keeps it."),
            ControlError.LeaseNotFound => ("WgLeaseNotFound", ErrorCategory.ObjectNotFound, "Get-WgLease lists the leases that there are."),
            ControlError.ReservationNotFound => ("WgReservationNotFound", ErrorCategory.ObjectNotFound, "Get-WgReservation lists the reservations that there are."),
            ControlError.ReservationExists => ("WgReservationExists", ErrorCategory.ResourceExists, "Change the existing one with Set-WgReservation, or remove it first."),
            ControlError.PoolNotFound => ("WgPoolNotFound", ErrorCategory.ObjectNotFound, "Get-WgPool lists the pools that there are."),
            ControlError.PoolExists => ("WgPoolExists", ErrorCategory.ResourceExists, "Get-WgPool and Get-WgPoolExclusion show what lies there."),
            ControlError.PoolExhausted => ("WgPoolExhausted", ErrorCategory.QuotaExceeded, "Add a pool with Add-WgPool, or make the leases shorter."),
            ControlError.PoolInUse => ("WgPoolInUse", ErrorCategory.ResourceBusy, "Wait until its leases have ended, or revoke them: -Force."),
            ControlError.ExclusionNotFound => ("WgPoolExclusionNotFound", ErrorCategory.ObjectNotFound, "Get-WgPoolExclusion lists the exclusions that there are."),
            ControlError.AddressInUse => ("WgAddressInUse", ErrorCategory.ResourceBusy, "Take another address, or take that one back with Remove-WgLease."),
            ControlError.AddressNotInPool => ("WgAddressNotInPool", ErrorCategory.InvalidArgument, "Take an address out of a pool: Get-WgPool lists them."),
            ControlError.ReadOnly => ("WgReadOnly", ErrorCategory.InvalidOperation, "Change it where it comes from: see its Origin."),
            ControlError.ConfigurationInvalid => ("WgConfigurationInvalid", ErrorCategory.InvalidData, "Test-WgDynamicConfiguration -Detailed lists every problem of the file."),
            ControlError.Busy => ("WgControlProtocolError", ErrorCategory.ResourceBusy, "Try again in a moment."),
            ControlError.NotSupported => ("WgControlProtocolError", ErrorCategory.NotImplemented, "Ask the other daemon of the interface."),
            ControlError.InvalidRequest => ("WgControlProtocolError", ErrorCategory.InvalidArgument, "Use the module that came with the daemon's release."),
            ControlError.Failed => ("WgControlProtocolError", ErrorCategory.InvalidResult, "The daemon's log has more."),
            _ => OfConnection(error.Failure),
        };
        return new WgDynamicException(id, category, error.Message, error.Remedy ?? remedy, cause: error);
    }

    private static (string Id, ErrorCategory Category, string Remedy) OfConnection(ControlFailure failure) => failure switch
    {
        ControlFailure.NotFound => ("WgControlSocketNotFound", ErrorCategory.ResourceUnavailable, "Start the daemon: Start-WgDynamicServer or Start-WgDynamicClient."),
        ControlFailure.AccessDenied => ("WgControlAccessDenied", ErrorCategory.PermissionDenied, "Run PowerShell as root, or as a member of the group wg-dynamic."),
        ControlFailure.VersionMismatch => ("WgVersionMismatch", ErrorCategory.NotInstalled, "Use the module that came with the daemon's release, or upgrade and restart the daemon."),
        ControlFailure.Disconnected => ("WgControlProtocolError", ErrorCategory.ConnectionError, "See whether the daemon still runs, and ask again; its log has more."),
        _ => ("WgControlProtocolError", ErrorCategory.ProtocolError, "Use the module that came with the daemon's release."),
    };

    // The daemons' messages are parts of log lines; PowerShell's are sentences.
    private static string Sentence(string text) =>
        text.Length == 0 ? text : $"{(text.Length > 1 && char.IsLower(text[0]) && !text.StartsWith("wg-", StringComparison.Ordinal) ? char.ToUpperInvariant(text[0]) : text[0])}{text[1..]}{(text[^1] is '.' or '?' or '!' ? "" : ".")}";
}
