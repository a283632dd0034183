using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

/// <summary>A WireGuard interface that the tests may do with what they like.</summary>
internal abstract class WireGuardUnderTest : IAsyncDisposable
{
    public abstract InterfaceName Name { get; }

    /// <summary>Whether it tells its public key.</summary>
    public virtual bool TellsPublicKey => false;

    /// <summary>As the library's users open it.</summary>
    public abstract Task<IWireGuard> OpenAsync();

    /// <summary>Below what users see.</summary>
    public abstract Task<IWireGuardBackend> OpenBackendAsync();

    public abstract ValueTask DisposeAsync();
}

internal sealed class SimulatedUnderTest(Removal removal) : WireGuardUnderTest
{
    private readonly SimulatedBackend _backend = new(removal);

    public override InterfaceName Name => _backend.Name;

    public override async Task<IWireGuard> OpenAsync()
    {
        WireGuardClient client = new(_backend);
        await client.TidyAsync(Name, Some.Token);
        return client;
    }

    public override Task<IWireGuardBackend> OpenBackendAsync() => Task.FromResult<IWireGuardBackend>(_backend);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A real interface, in a namespace of its own.</summary>
internal abstract class RealUnderTest(NetworkNamespace network) : WireGuardUnderTest
{
    protected NetworkNamespace Network => network;

    public override Task<IWireGuard> OpenAsync() => network.Run(() => WireGuard.OpenAsync(Name, Some.Token).AsTask());

    public override ValueTask DisposeAsync() => network.DisposeAsync();

    /// <summary>Gives it what a person would.</summary>
    public async Task SetUpAsync()
    {
        string set = $"wg genkey | wg set {Name} private-key /dev/stdin listen-port {WireGuardTests.ListenPort} fwmark {WireGuardTests.FirewallMark}";
        await network.ExecAsync("sh", "-c", set);
    }
}

internal sealed class WireGuardGoUnderTest(NetworkNamespace network, WireGuardGo wireGuard) : RealUnderTest(network)
{
    public override InterfaceName Name => wireGuard.Name;

    public override Task<IWireGuardBackend> OpenBackendAsync() => Task.FromResult<IWireGuardBackend>(new UserspaceBackend());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        wireGuard.Dispose();
    }
}

internal sealed class KernelUnderTest(NetworkNamespace network, InterfaceName name) : RealUnderTest(network)
{
    public override InterfaceName Name => name;

    public override bool TellsPublicKey => true;

    public override async Task<IWireGuardBackend> OpenBackendAsync() =>
        (await Network.Run(() => KernelBackend.TryOpenAsync(NetlinkSocket.Open(NetlinkProtocol.Generic), Some.Token).AsTask()))!;
}
