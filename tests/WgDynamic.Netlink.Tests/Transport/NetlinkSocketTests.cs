using System.Net.Sockets;

namespace WgDynamic.Netlink.Tests;

public class NetlinkSocketTests
{
    [Fact]
    public async Task A_datagram_of_any_length_comes_whole()
    {
        // A pair of local sockets carries longer datagrams than this kernel's netlink has reason to send.
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using Socket receiver = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(new UnixDomainSocketEndPoint(path));
        using Socket sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        sender.Connect(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
        using NetlinkSocket socket = new(receiver.SafeHandle, portId: 0);
        using ReceiveBuffer buffer = new(holdsSecrets: false);

        foreach (int length in (int[])[1, 32 * 1024, (32 * 1024) + 1, 100_000, 16])
        {
            byte[] datagram = new byte[length];
            Random.Shared.NextBytes(datagram);
            ValueTask<ReceivedDatagram> receiving = socket.ReceiveAsync(buffer, Some.Token);
            Assert.Equal(length, await sender.SendAsync(datagram, Some.Token));

            ReceivedDatagram received = await receiving;

            Assert.Equal(datagram, buffer.Datagram(received));
            Assert.NotEqual(0u, received.Sender);
        }
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        using ReceiveBuffer buffer = new(holdsSecrets: false);
        using CancellationTokenSource cancellation = new();

        Task receiving = socket.ReceiveAsync(buffer, cancellation.Token).AsTask();
        Assert.False(receiving.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Fact]
    public async Task A_dump_comes_whole_through_the_smallest_socket_buffer()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        socket.EnlargeReceiveBuffer(1);
        using RequestChannel channel = new(socket);
        using NetlinkRequest request = LinkMessage.Get(name: null);

        // The smallest buffer there can be still holds one answer at a time: the kernel waits for its reader.
        List<Link?> links = await channel.QueryAsync(request, static () => new List<Link?>(), static (links, message) => links.Add(LinkMessage.Read(message)), Some.Token);

        Assert.Contains(links, link => link is { Index: 1 });
    }
}
