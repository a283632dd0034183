using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>The client's control socket, from before anybody hears that the client runs until it ends; without it the client works all the same.</summary>
internal sealed class ControlSide : IAsyncDisposable
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

    /// <summary>Makes the socket and answers at it.</summary>
    /// <param name="options">Where, and who may change something.</param>
    /// <param name="handler">Answers.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="log">Hears if it cannot be made.</param>
    public static ControlSide Open(ClientOptions options, IControlHandler handler, TimeProvider clock, ILogger log)
    {
        string path = ControlSocket.PathOf(options.RuntimeDirectory, options.Interface, DaemonRole.Client);
        HelloAnswer hello = new() { Version = ControlProtocol.Version, Role = DaemonRole.Client, Interface = options.Interface, Release = ClientArguments.Release };
        ControlListener? listener = null;
        try
        {
            listener = ControlListener.Bind(path, hello, clock, SharedFile.Bind, error => log.ControlFailed(options.Interface, error));
            listener.Access = new ControlAccess(options.ControlGroup);
        }
        catch (IOException error)
        {
            log.NoControl(options.Interface, error.Message, "End who listens there, or start this client with another --runtime-directory");
        }

        return new ControlSide(listener, handler);
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
