using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool.Tests;

/// <summary>A control socket, as real as a daemon's, with a test's answers behind it.</summary>
internal sealed class FakeDaemon : IAsyncDisposable, IControlHandler
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<ControlCall, CancellationToken, ValueTask> _handle;
    private readonly ControlListener _listener;
    private readonly Task _running;

    /// <summary>Listens.</summary>
    /// <param name="directory">The runtime directory.</param>
    /// <param name="name">The interface.</param>
    /// <param name="role">Which daemon it is.</param>
    /// <param name="handle">Answers.</param>
    public FakeDaemon(string directory, string name, DaemonRole role, Func<ControlCall, CancellationToken, ValueTask> handle)
    {
        _handle = handle;
        InterfaceName interfaceName = InterfaceName.Parse(name);
        HelloAnswer hello = new() { Version = ControlProtocol.Version, Role = role, Interface = interfaceName, Release = "1.2.3" };
        _listener = ControlListener.Bind(ControlSocket.PathOf(directory, interfaceName, role), hello, TimeProvider.System, SharedFile.Bind);
        _running = _listener.RunAsync(this, _ending.Token);
    }

    /// <summary>Listens, and answers each request with what a function gives.</summary>
    public FakeDaemon(string directory, string name, DaemonRole role, Func<ControlRequest, IEnumerable<ControlAnswer>> answers)
        : this(directory, name, role, async (call, token) =>
        {
            foreach (ControlAnswer answer in answers(call.Request))
                await call.WriteAsync(answer, token);
        })
    {
    }

    /// <summary>What it has been asked.</summary>
    public List<ControlRequest> Requests { get; } = [];

    /// <summary>The last of them.</summary>
    public T Last<T>()
        where T : ControlRequest
    {
        lock (Requests)
            return Assert.IsType<T>(Requests[^1]);
    }

    public ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        lock (Requests)
            Requests.Add(call.Request);
        return _handle(call, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _listener.DisposeAsync();
        _ending.Dispose();
    }
}
