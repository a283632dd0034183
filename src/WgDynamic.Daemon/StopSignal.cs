using System.Runtime.InteropServices;

namespace WgDynamic.Daemon;

/// <summary>SIGTERM and SIGINT as a cancellation, so that the daemon ends in order.</summary>
public sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Takes the signals over.</summary>
    public StopSignal() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
    ];

    /// <summary>Cancelled by the first signal; a second one ends the process at once.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // Not cancelled: the default, which is to end the process. Who sends a second signal is tired of waiting.
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
