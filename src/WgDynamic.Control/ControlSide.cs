using System.Net.Sockets;

namespace WgDynamic.Control;

/// <summary>A daemon's control socket, from when it is made until it is disposed of. Without it the daemon works all the same.</summary>
public sealed class ControlSide : IAsyncDisposable
{
    // Without a timer there is nothing of it to dispose of.
    private readonly CancellationTokenSource _ending = new();
    private readonly ControlListener? _listener;
    private readonly Task _answering;

    private ControlSide(ControlListener? listener, IControlHandler handler)
    {
        _listener = listener;
        _answering = listener?.RunAsync(handler, _ending.Token) ?? Task.CompletedTask;
    }

    /// <summary>Says who may change something, from now on.</summary>
    /// <param name="access">Who.</param>
    public void Admit(ControlAccess access)
    {
        if (_listener is not null)
            _listener.Access = access;
    }

    /// <summary>Makes the socket and answers at it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="hello">What callers are told first.</param>
    /// <param name="handler">Answers.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="bind">As for <see cref="ControlListener.Bind"/>.</param>
    /// <param name="onUnavailable">Hears if it cannot be made.</param>
    /// <param name="onDefect">Hears of the handler's defects.</param>
    public static ControlSide Open(
        string path, HelloAnswer hello, IControlHandler handler, TimeProvider clock, Action<Socket, string> bind, Action<IOException> onUnavailable, Action<Exception> onDefect)
    {
        ArgumentNullException.ThrowIfNull(onUnavailable);
        try
        {
            return new ControlSide(ControlListener.Bind(path, hello, clock, bind, onDefect), handler);
        }
        catch (IOException error)
        {
            onUnavailable(error);
            return new ControlSide(null, handler);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_listener is not null)
            await _listener.DisposeAsync();
    }
}
