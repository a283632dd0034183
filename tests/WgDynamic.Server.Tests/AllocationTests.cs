using System.Net;
using System.Net.Sockets;
using System.Text;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

[Collection(nameof(AloneCollection))]
public class AllocationTests
{
    private const int Warmup = 2000;
    private const int Renewals = 20_000;

    // The whole of it: the kernel tells of bytes, they are read, decided, stored in memory, answered. It is some 500;
    // the rest is room for other machines and runtimes. Without optimisation every async method costs an object.
#if DEBUG
    private const long MostBytesEach = 4000;
#else
    private const long MostBytesEach = 800;
#endif

    [Fact]
    public async Task A_renewal_allocates_next_to_nothing()
    {
        // Nothing in place of the real thing but the device: what tests use to look inside allocates, too.
        TimeProvider clock = new BootClock();
        using FakeWireGuard device = new();
        device.AddPeer(1);
        await using MemoryLeaseStore store = new();
        LogLines log = new();
        Counters counters = new();
        LeaseService service = new(Names.Interface, new LeaseBook(new LeasePolicy()), new LeaseSettings(), store, device, counters, new EventHub(Names.Interface, DaemonRole.Server, clock), clock, new Random(1), log, ServiceManager.None);
        await service.StartAsync(Hub.Pools("10.0.0.0/24", "2001:db8::/64"), Names.Cancelled);
        using SessionListener listener = new(
            service, new SessionContext(Names.Interface, new SessionLimits(), counters, clock, log), _ => new IPEndPoint(Names.Id(1).ToIPAddress(), WireLimits.DefaultPort));
        listener.Listen(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using CancellationTokenSource stop = new();
        Task[] running = [service.RunAsync(stop.Token), listener.RunAsync(stop.Token)];

        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.EndPoint!, Names.Cancelled);
        using PeerClient client = new(socket);
        Reply first = await client.AskAsync();
        byte[] request = Encoding.ASCII.GetBytes($"request_ip=1\nip={first.IPv4}\nip={first.IPv6}\nhostname=laptop\nclient=wg-dynamic/1.0\n\n");
        byte[] answer = new byte[4096];

        Renew(Warmup);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Renew(Renewals);
        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Renewals;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for each renewal");
        Assert.InRange(each, 0, MostBytesEach);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(running));

        // The client allocates nothing itself.
        void Renew(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _ = socket.Send(request);
                int received = 0;
                while (received < 2 || answer[received - 1] != (byte)'\n' || answer[received - 2] != (byte)'\n')
                    received += socket.Receive(answer.AsSpan(received));
            }
        }
    }
}
