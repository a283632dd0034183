using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

/// <summary>A hub with its control socket, and who asks there.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wgd");
    private readonly Reloading _reloading;
    private readonly LeaseControl _leases;
    private readonly DatabaseControl _databases;
    private readonly ControlSide _side;
    private readonly string _path;

    private Desk(Hub hub)
    {
        Hub = hub;
        ServerOptions options = new() { Interface = Names.Interface, ConfigurationPath = ConfigurationPath };
        SessionContext sessions = new(Names.Interface, new SessionLimits(), hub.Counters, hub.Clock, hub.Log);
        _reloading = new Reloading(options, hub.Clock, hub.Log) { Target = new ReloadTarget(hub.Service, sessions.Sessions, _ => { }, _ => Task.CompletedTask, Daemon.ServiceManager.None) };
        _leases = new LeaseControl(hub.Service);
        ReportControl reports = new(options, hub.Service, sessions, _reloading, hub.Counters, null, hub.Clock);
        _databases = new DatabaseControl(options, hub.Service, reports, hub.Log);
        ServerControl handler = new(
            Names.Interface,
            reports,
            _leases,
            new PlanControl(Names.Interface, ConfigurationPath, hub.Service, hub.Book, hub.Events, hub.Log),
            _databases,
            hub.Events,
            () => Stopped = true);
        _path = ControlSocket.PathOf(_folder.FullName, Names.Interface, DaemonRole.Server);
        _side = ControlSide.Open(
            _path,
            new HelloAnswer { Version = ControlProtocol.Version, Role = DaemonRole.Server, Interface = Names.Interface, Release = ReportControl.Release },
            handler,
            TimeProvider.System,
            SharedFile.Bind,
            error => throw error,
            Defects.Add);
    }

    public Hub Hub { get; }

    public List<Exception> Defects { get; } = [];

    public bool Stopped { get; private set; }

    public string ConfigurationPath => Path.Combine(_folder.FullName, "wg0.conf");

    public static async Task<Desk> OpenAsync(int peers = 3, params string[] pools) => new(await new Hub(peers).StartAsync(pools.Length == 0 ? ["10.0.0.0/24", "2001:db8::/64"] : pools));

    public Task<ControlConnection> ConnectAsync() => ControlConnection.ConnectAsync(_path, Names.Cancelled);

    public async Task<ControlAnswer[]> AskAsync(ControlRequest request)
    {
        await using ControlConnection connection = await ConnectAsync();
        return await connection.AskAsync(request, Names.Cancelled).ToArrayAsync(Names.Cancelled);
    }

    public async Task<LeaseAnswer[]> LeasesAsync(LeasesRequest? request = null) => [.. (await AskAsync(request ?? new LeasesRequest())).Cast<LeaseAnswer>()];

    public async Task<ControlException> RefusedAsync(ControlRequest request) => await Assert.ThrowsAsync<ControlException>(() => AskAsync(request));

    public async ValueTask DisposeAsync()
    {
        await _side.DisposeAsync();
        _reloading.Dispose();
        _leases.Dispose();
        _databases.Dispose();
        await Hub.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.Empty(Defects);
    }
}
