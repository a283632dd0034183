namespace WgDynamic.Server.Tests;

/// <summary>What one peer, or many, can take from the others: nothing.</summary>
public class SessionLimitTests
{
    private static readonly TimeSpan _forEver = TimeSpan.FromDays(1000);

    [Fact]
    public async Task A_request_that_takes_too_long_to_come_ends_its_connection_however_often_another_byte_comes()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { IdleTime = _forEver });
        using PeerClient client = await server.ConnectAsync(1);
        _ = await client.AskAsync();
        await client.SendAsync("request_ip=1\nx=");
        Task trickling = Trickle(client);
        await server.AdvanceUntilAsync(client.ReadToEndAsync(), stepSeconds: 0.5, maxSteps: 2000);
        await trickling;

        static async Task Trickle(PeerClient client)
        {
            try
            {
                for (int i = 0; i < 4000; i++)
                {
                    await client.SendAsync("y");
                    await Task.Delay(1, Names.Cancelled);
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // That is what it is to come to.
            }
        }
    }

    [Fact]
    public async Task A_connection_on_which_nothing_happens_is_ended_and_one_that_is_used_is_not()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { RequestTime = _forEver });
        using PeerClient idle = await server.ConnectAsync(1);
        using PeerClient busy = await server.ConnectAsync(2);
        _ = await idle.AskAsync();
        Task ended = idle.ReadToEndAsync();
        for (int i = 0; i < 40 && !ended.IsCompleted; i++)
        {
            _ = await busy.AskAsync();
            server.Hub.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        await ended.WaitAsync(Names.Limit, Names.Cancelled);
        Assert.True((await busy.AskAsync()).HasAddress);
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_answers_is_ended()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { IdleTime = _forEver });
        using PeerClient client = await server.ConnectAsync(1, receiveBuffer: 4096);
        Task sending = SendForEver(client);
        await server.AdvanceUntilAsync(sending, stepSeconds: 0.5, maxSteps: 20_000);

        static async Task SendForEver(PeerClient client)
        {
            string requests = string.Concat(Enumerable.Repeat(PeerClient.AskAny, 100));
            try
            {
                while (true)
                    await client.SendAsync(requests);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The server has given up.
            }
        }
    }

    [Fact]
    public async Task However_long_the_store_takes_who_waits_for_it_is_not_to_blame()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        server.Hub.Store.Block();
        Task<Protocol.Reply> asking = client.AskAsync();
        await server.Hub.Store.Changed.UntilAsync(() => server.Hub.Store.Begun == 1);
        for (int i = 0; i < 100; i++)
            server.Hub.Clock.Advance(TimeSpan.FromSeconds(10));
        server.Hub.Store.Unblock();
        Assert.True((await asking).HasAddress);
    }

    [Fact]
    public async Task A_peer_with_too_many_connections_loses_its_own_oldest_and_nobody_else_loses_anything()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { ConnectionsPerPeer = 3 });
        using PeerClient other = await server.ConnectAsync(2);
        _ = await other.AskAsync();
        List<PeerClient> own = [];
        for (int i = 0; i < 5; i++)
        {
            own.Add(await server.ConnectAsync(1));
            _ = await own[^1].AskAsync();
        }

        Assert.Empty(await own[0].ReadToEndAsync());
        Assert.Empty(await own[1].ReadToEndAsync());
        foreach (PeerClient client in own[2..].Append(other))
            Assert.True((await client.AskAsync()).HasAddress);
        Assert.Equal(4, server.Context.Sessions.Count);
        own.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task With_too_many_connections_in_all_the_one_that_has_been_silent_for_longest_goes()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { Connections = 3 }, peers: 4);
        using PeerClient first = await server.ConnectAsync(1);
        _ = await first.AskAsync();
        using PeerClient silent = await server.ConnectAsync(2);
        _ = await silent.AskAsync();
        using PeerClient third = await server.ConnectAsync(3);
        _ = await third.AskAsync();
        _ = await first.AskAsync();

        using PeerClient last = await server.ConnectAsync(4);
        Assert.True((await last.AskAsync()).HasAddress);
        Assert.Empty(await silent.ReadToEndAsync());
        Assert.True((await first.AskAsync()).HasAddress);
        Assert.True((await third.AskAsync()).HasAddress);
        Assert.Equal(3, server.Context.Sessions.Count);
    }

    [Fact]
    public async Task A_limit_of_one_connection_leaves_the_newest()
    {
        await using Loopback server = await Loopback.StartAsync(new SessionLimits { Connections = 1, ConnectionsPerPeer = 1 });
        using PeerClient old = await server.ConnectAsync(1);
        _ = await old.AskAsync();
        using PeerClient young = await server.ConnectAsync(1);
        _ = await young.AskAsync();
        Assert.Empty(await old.ReadToEndAsync());
        using PeerClient other = await server.ConnectAsync(2);
        _ = await other.AskAsync();
        Assert.Empty(await young.ReadToEndAsync());
        Assert.True((await other.AskAsync()).HasAddress);
    }
}
