using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

[Collection(nameof(AloneCollection))]
public class ManyConnectionsTests
{
    private const int Wanted = 10_000;
    private const int Fewest = 5_000;
    private const int Spare = 500;

    // What the prototype gets wrong, 5: sixteen idle peers block everybody else.
    [Fact]
    public async Task Ten_thousand_idle_connections_do_not_keep_the_next_peer_waiting()
    {
        // Both ends live in this process.
        long limit = ProcessControl.RaiseOpenFileLimit();
        int count = (int)Math.Min(Wanted, (limit - Spare) / 2);
        Assert.SkipWhen(count < Fewest, $"this process may open {limit} files only (RLIMIT_NOFILE)");

        const int perPeer = 4;
        int peers = (count / perPeer) + 1;
        await using Loopback server = await Loopback.StartAsync(new SessionLimits(), peers + 1);
        List<PeerClient> idle = new(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                idle.Add(await server.ConnectAsync(1 + (i / perPeer)));
                // Every second one has begun to say something.
                if (i % 2 == 0)
                    await idle[^1].SendAsync("request_ip=1\nip=0.0");
            }

            // Who comes behind them all is served; and those before are still there.
            for (int i = 0; i < 20; i++)
            {
                using PeerClient next = await server.ConnectAsync(peers + 1);
                Assert.True((await next.AskAsync()).HasAddress);
            }

            Assert.InRange(server.Context.Sessions.Count, count, count + 20);
            await idle[0].SendAsync(".0.0\n\n");
            Assert.True((await idle[0].ReadAsync())!.HasAddress);
            await idle[1].SendAsync(PeerClient.AskAny);
            Assert.True((await idle[1].ReadAsync())!.HasAddress);
            TestContext.Current.TestOutputHelper?.WriteLine($"{count} connections");
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }
}
