using System.Text;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>Connections over loopback TCP.</summary>
public class SessionTests
{
    [Fact]
    public async Task A_request_is_answered_with_addresses_that_are_on_the_device_then()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        Reply reply = await client.AskAsync();
        Assert.Equal((WireError.Success, 3600u), (reply.Error, reply.LeaseSeconds));
        Assert.Equal($"{reply.IPv4}/32 {reply.IPv6}/128", server.Hub.Device.Of(1));
        Assert.Equal(server.Hub.Clock.GetUtcNow().ToUnixTimeSeconds(), reply.LeaseStartUnixSeconds);
        Assert.InRange(reply.RenewAfterSeconds!.Value, 1620u, 1980u);
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_answered_like_one_that_comes_at_once()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        foreach (byte one in Encoding.ASCII.GetBytes(PeerClient.AskAny))
            await client.SendAsync(new[] { one });
        Assert.Equal(WireError.Success, (await client.ReadAsync())!.Error);
    }

    // What the prototype gets wrong, 14.
    [Fact]
    public async Task Thousands_of_pipelined_requests_are_all_answered_in_order_though_the_client_reads_late()
    {
        const int count = 5000;
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1, receiveBuffer: 4096);
        string[] wanted = [.. Enumerable.Range(0, count).Select(i => $"10.0.{1 + (i / 200)}.{1 + (i % 200)}")];
        Task sending = client.SendAsync(string.Concat(wanted.Select(address => $"request_ip=1\nip={address}\n\n")));

        // Until the answers that nobody reads have filled all there is between the two: the server reads no more then.
        int commits;
        do
        {
            commits = server.Hub.Store.Begun;
            await Task.Delay(50, Names.Cancelled);
        }
        while (commits != server.Hub.Store.Begun);

        foreach (string address in wanted)
            Assert.Equal(Names.Ip(address), (await client.ReadAsync())!.IPv4);
        await sending;
    }

    [Fact]
    public async Task FIN_behind_a_request_lets_it_be_answered_and_then_the_server_ends_too()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        await client.SendAsync(PeerClient.AskAny + PeerClient.AskAny);
        client.Fin();
        Assert.Equal([WireError.Success, WireError.Success], (await client.ReadToEndAsync()).Select(reply => reply.Error));
    }

    [Fact]
    public async Task FIN_before_anything_is_answered_with_FIN_and_silence()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        client.Fin();
        Assert.Empty(await client.ReadToEndAsync());
    }

    // What the prototype gets wrong, 11.
    [Theory]
    [InlineData("request_ip=1\nip=0.0")]
    [InlineData("request_ip=1\n")]
    public async Task FIN_inside_a_message_is_an_invalid_request(string beginning)
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        await client.SendAsync(beginning);
        client.Fin();
        Assert.Equal([WireError.InvalidRequest], (await client.ReadToEndAsync()).Select(reply => reply.Error));
        Assert.Equal(0, server.Hub.Book.ActiveCount);
    }

    [Fact]
    public async Task An_invalid_request_is_answered_though_more_of_it_is_on_the_way()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        await client.SendAsync("hello=1\n" + string.Concat(Enumerable.Repeat("x=y\n", 8000)));
        client.Fin();
        Assert.Equal([WireError.UnsupportedProtocol], (await client.ReadToEndAsync()).Select(reply => reply.Error));
    }

    [Fact]
    public async Task Release_gives_up_both_addresses_and_the_session_goes_on()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        _ = await client.AskAsync();
        Reply released = await client.AskAsync("release=1\n\n");
        Assert.Equal((WireError.Success, false), (released.Error, released.HasAddress));
        Assert.Equal("", server.Hub.Device.Of(1));
        Assert.True((await client.AskAsync()).HasAddress);
    }

    // What the prototype gets wrong, 11: any of these kills it.
    [Fact]
    public async Task A_reset_at_any_time_disturbs_nobody_else()
    {
        await using Loopback server = await Loopback.StartAsync(peers: 10);
        using PeerClient steady = await server.ConnectAsync(1);
        Reply first = await steady.AskAsync();
        byte[] request = Encoding.ASCII.GetBytes(PeerClient.AskAny + PeerClient.AskAny);
        for (int length = 0; length <= request.Length; length++)
        {
            PeerClient rude = await server.ConnectAsync(2 + (length % 9));
            await rude.SendAsync(request.AsMemory(0, length));
            if (length % 3 == 0 && length >= PeerClient.AskAny.Length)
                _ = await rude.ReadAsync();
            rude.Reset();
            Assert.Equal(first.IPv4, (await steady.AskAsync()).IPv4);
        }

        await server.Hub.Device.Changed.UntilAsync(() => true);
        Assert.Empty(server.Hub.Log.Of("SessionFailed"));
    }

    // What the prototype gets wrong, 4; and of what is privileged, everything is served.
    [Theory]
    [InlineData(970, true)]
    [InlineData(1, true)]
    [InlineData(1023, true)]
    [InlineData(1024, false)]
    [InlineData(40000, false)]
    public async Task Every_privileged_source_port_is_served_and_no_other(int port, bool served)
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1, port);
        if (served)
            Assert.True((await client.AskAsync()).HasAddress);
        else
            Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(served ? 2 : 0, server.Hub.Book.ActiveCount);
    }

    [Fact]
    public async Task Who_is_no_peer_is_closed_without_a_word()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(99);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_peer_that_was_added_after_the_last_look_at_the_device_is_served()
    {
        await using Loopback server = await Loopback.StartAsync();
        server.Hub.Device.AddPeer(99);
        server.Hub.Clock.Advance(TimeSpan.FromSeconds(3));
        using PeerClient client = await server.ConnectAsync(99);
        Assert.True((await client.AskAsync()).HasAddress);
    }

    [Fact]
    public async Task A_request_whose_grant_cannot_be_stored_is_not_answered()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        server.Hub.Store.Fails = true;
        await client.SendAsync(PeerClient.AskAny);
        Assert.Empty(await client.ReadToEndAsync());

        server.Hub.Store.Fails = false;
        server.Hub.Clock.Advance(TimeSpan.FromSeconds(1));
        using PeerClient again = await server.ConnectAsync(1);
        Assert.True((await again.AskAsync()).HasAddress);
    }

    [Fact]
    public async Task When_the_server_ends_its_connections_end_and_nothing_of_it_is_a_failure()
    {
        Loopback server = await Loopback.StartAsync();
        using PeerClient idle = await server.ConnectAsync(1);
        _ = await idle.AskAsync();
        using PeerClient waiting = await server.ConnectAsync(2);
        server.Hub.Store.Block();
        await waiting.SendAsync(PeerClient.AskAny);
        await server.Hub.Store.Changed.UntilAsync(() => server.Hub.Store.Begun == 2);

        await server.DisposeAsync();
        Assert.Empty(await idle.ReadToEndAsync());
        Assert.Empty(await waiting.ReadToEndAsync());
        Assert.Empty(server.Hub.Log.Of("SessionFailed"));
    }
}
