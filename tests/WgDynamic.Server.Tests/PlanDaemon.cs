using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

/// <summary>A hub at whose control socket pools, exclusions and reservations are changed.</summary>
internal sealed class PlanDaemon : IAsyncDisposable, IControlHandler
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wgd");
    private readonly CancellationTokenSource _ending = new();
    private readonly string _path;
    private readonly PlanControl _plan;
    private readonly ControlListener _listener;
    private readonly List<Exception> _defects = [];
    private Task _answering = Task.CompletedTask;

    private PlanDaemon(TestStore? store)
    {
        Hub = new Hub(peers: 8, store: store);
        Events = new EventHub(Names.Interface, DaemonRole.Server, TimeProvider.System);
        _plan = new PlanControl(Names.Interface, "/etc/wg-dynamic/wg0.conf", Hub.Service, Hub.Book, Events, Hub.Log);
        _path = ControlSocket.PathOf(_folder.FullName, Names.Interface, DaemonRole.Server);
        HelloAnswer hello = new() { Version = ControlProtocol.Version, Role = DaemonRole.Server, Interface = Names.Interface, Release = "1.2.3" };
        _listener = ControlListener.Bind(_path, hello, TimeProvider.System, SharedFile.Bind, _defects.Add);
    }

    public Hub Hub { get; }

    public EventHub Events { get; }

    public static async Task<PlanDaemon> StartAsync(string[] routes, string? configuration = null, TestStore? store = null)
    {
        PlanDaemon daemon = new(store);
        if (configuration is not null)
            daemon.Hub.Service.SetSettings(Settings(configuration));
        await daemon.Hub.StartAsync(routes);
        daemon._answering = daemon._listener.RunAsync(daemon, daemon._ending.Token);
        return daemon;
    }

    public ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken) => _plan.HandleAsync(call, cancellationToken);

    /// <summary>The operator has another file read.</summary>
    public async Task ReloadAsync(string configuration)
    {
        Hub.Service.SetSettings(Settings(configuration));
        await Hub.SettleAsync();
    }

    public async Task<T[]> AskAsync<T>(ControlRequest request)
        where T : ControlAnswer
    {
        List<T> answers = [];
        await using ControlConnection connection = await ControlConnection.ConnectAsync(_path, Names.Cancelled);
        await foreach (ControlAnswer answer in connection.AskAsync(request, Names.Cancelled))
            answers.Add(Assert.IsAssignableFrom<T>(answer));
        return [.. answers];
    }

    public async Task<T> AskOneAsync<T>(ControlRequest request)
        where T : ControlAnswer => Assert.Single(await AskAsync<T>(request));

    public Task<PoolAnswer[]> PoolsAsync() => AskAsync<PoolAnswer>(new PoolsRequest());

    public Task<ReservationAnswer[]> ReservationsAsync() => AskAsync<ReservationAnswer>(new ReservationsRequest());

    public async Task<ControlException> RefusedAsync(ControlError code, ControlRequest request)
    {
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => AskAsync<ControlAnswer>(request));
        Assert.Equal((code, error.Message), (error.Code, error.Message));
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listener.DisposeAsync();
        await Hub.DisposeAsync();
        _ending.Dispose();
        _folder.Delete(recursive: true);
        Assert.Empty(_defects);
    }

    private static LeaseSettings Settings(string configuration) =>
        new Reloading(new ServerOptions { Interface = Names.Interface }, TimeProvider.System, new LogLines()).ToSettings(ConfigurationReader.Read(configuration).Configuration!);
}
