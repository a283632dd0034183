using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Netlink.Tests;

public sealed class UserspaceBackendTests : IDisposable
{
    private const string Answer = """
        private_key=e84b5a6d2717c1003a13b431570353dbaca9146cf150c5f8575680feba52027a
        listen_port=12912
        fwmark=81
        public_key=b85996fecc9c7f1fc6d2572a76eda11d59bcd20be8e543b15ce4bd85a8e75a33
        preshared_key=188515093e952f5f22e865cef3012e72f8b5f0b598ac0309d5dacce3b70fcf52
        protocol_version=1
        endpoint=[abcd:23::33%2]:51820
        last_handshake_time_sec=1700000000
        last_handshake_time_nsec=123456700
        tx_bytes=38333
        rx_bytes=2224
        persistent_keepalive_interval=111
        allowed_ip=192.168.4.4/32
        allowed_ip=2001:db8::/32
        something_new=that nobody knows
        public_key=58402e695ba1772b1cc9309755f043251ea77fdcf10fbe63989ceb7e19321376
        last_handshake_time_sec=0
        last_handshake_time_nsec=0
        persistent_keepalive_interval=0
        errno=0


        """;

    private static readonly InterfaceName _name = InterfaceName.Parse("wg0");
    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly UserspaceBackend _backend;

    public UserspaceBackendTests()
    {
        _backend = new UserspaceBackend(_directory);
        _listener.Bind(new UnixDomainSocketEndPoint(_backend.PathOf(_name)));
        _listener.Listen();
    }

    public void Dispose()
    {
        _backend.Dispose();
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_device_is_read_with_all_that_is_said()
    {
        Task<string> request = AnswerAsync(Answer);

        WireGuardDevice device = await _backend.ReadAsync(_name, Some.Token);

        Assert.Equal("get=1\n\n", await request);
        Assert.Equal((_name, (ushort)12912, 81u, null), (device.Name, device.ListenPort, device.FirewallMark, device.PublicKey));
        Assert.Equal(2, device.Peers.Count);
        WireGuardPeer peer = device.Peers[0];
        Assert.Equal(Convert.FromHexString("b85996fecc9c7f1fc6d2572a76eda11d59bcd20be8e543b15ce4bd85a8e75a33"), Convert.FromBase64String(peer.PublicKey.ToString()));
        Assert.Equal(IPEndPoint.Parse("[abcd:23::33%2]:51820"), peer.Endpoint);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(1_234_567), peer.LastHandshake);
        Assert.Equal((2224ul, 38333ul), (peer.ReceivedBytes, peer.SentBytes));
        Assert.Equal(TimeSpan.FromSeconds(111), peer.PersistentKeepalive);
        Assert.Equal([IpPrefix.Parse("192.168.4.4/32"), IpPrefix.Parse("2001:db8::/32")], peer.AllowedIPs);
        Assert.Equal((null, null, 0), (device.Peers[1].LastHandshake, device.Peers[1].PersistentKeepalive, device.Peers[1].AllowedIPs.Count));
    }

    [Fact]
    public async Task Operations_are_written_as_lines()
    {
        Task<string> request = AnswerAsync("errno=0\n\n");

        await _backend.ApplyAsync(
            _name,
            [
                new PeerOperation(Some.Key(1))
                {
                    UpdateOnly = true,
                    Endpoint = IPEndPoint.Parse("[fe80::1%2]:7"),
                    PersistentKeepalive = 0,
                    AllowedIPs = [new AllowedIPOperation(Some.Leased(1), Remove: true), new AllowedIPOperation(Some.Routed(1))],
                },
                new PeerOperation(Some.Key(2)) { Remove = true },
            ],
            Some.Token);

        Assert.Equal(
            """
            set=1
            public_key=67abdd721024f0ff4e0b3f4c2fc13bc5bad42d0b7851d456d88d203d15aaa450
            update_only=true
            endpoint=[fe80::1%2]:7
            persistent_keepalive_interval=0
            allowed_ip=-10.0.0.1/32
            allowed_ip=2001:db8:0:1::/64
            public_key=26b25d457597a7b0463f9620f666dd10aa2c4373a505967c7c8d70922a2d6ece
            remove=true


            """,
            await request);
    }

    [Theory]
    [InlineData("errno=-22\n\n")]
    [InlineData("errno=22\n\n")]
    public async Task A_refusal_is_an_error_number_of_either_sign(string answer)
    {
        _ = AnswerAsync(answer);

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => _backend.ReadAsync(_name, Some.Token).AsTask());

        Assert.Equal((Errno.EINVAL, "read WireGuard interface wg0: Invalid argument (EINVAL)"), (e.Errno, e.Message));
    }

    [Fact]
    public async Task A_refusal_is_heard_though_it_comes_before_everything_was_sent()
    {
        Task<Socket> accepting = _listener.AcceptAsync(Some.Token).AsTask();
        Task applying = _backend.ApplyAsync(
            _name,
            [new PeerOperation(Some.Key(1)) { AllowedIPs = [.. Enumerable.Range(0, 100_000).Select(i => new AllowedIPOperation(Some.Leased(i)))] }],
            Some.Token).AsTask();
        using (Socket connection = await accepting)
            await connection.SendAsync("errno=-95\n\n"u8.ToArray(), Some.Token);

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => applying);

        Assert.Equal(Errno.EOPNOTSUPP, e.Errno);
    }

    [Theory]
    [InlineData("")]
    [InlineData("listen_port=1\n")]
    [InlineData("listen_port\n\n")]
    [InlineData("listen_port=65536\nerrno=0\n\n")]
    [InlineData("public_key=abc\nerrno=0\n\n")]
    [InlineData("errno=many\n\n")]
    public async Task What_cannot_be_read_is_a_clean_failure(string answer)
    {
        _ = AnswerAsync(answer);

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => _backend.ReadAsync(_name, Some.Token).AsTask());

        Assert.Equal(Errno.EBADMSG, e.Errno);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_for_ever()
    {
        _ = AnswerAsync(new string('x', 10_000));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => _backend.ReadAsync(_name, Some.Token).AsTask());

        Assert.Contains("a line of more than 4096 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_at_is_no_such_device()
    {
        _listener.Dispose();

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => _backend.ReadAsync(_name, Some.Token).AsTask());

        Assert.True(e.IsNoSuchDevice);
    }

    [Fact]
    public async Task Every_truncated_or_changed_answer_is_a_value_or_a_clean_failure()
    {
        byte[] answer = Encoding.UTF8.GetBytes(Answer);
        for (int i = 0; i < answer.Length; i++)
        {
            byte original = answer[i];
            await ReadAsync(answer[..i]);
            foreach (byte change in (byte[])[0, (byte)'\n', (byte)'=', (byte)'-', (byte)'9', 0xff])
            {
                answer[i] = change;
                await ReadAsync(answer);
            }

            answer[i] = original;
        }

        static async Task ReadAsync(byte[] answer)
        {
            using UapiLineReader lines = new(new MemoryStream(answer));
            UapiDeviceReader device = new(_name, new PeerList());
            try
            {
                await lines.ReadAnswerAsync(device.Read, Some.Token);
                _ = device.End();
            }
            catch (NetlinkException e)
            {
                Assert.Equal(Errno.EBADMSG, e.Errno);
            }
        }
    }

    // Answers one request.
    private async Task<string> AnswerAsync(string answer)
    {
        using Socket connection = await _listener.AcceptAsync(Some.Token);
        StringBuilder request = new();
        byte[] buffer = new byte[4096];
        while (!request.ToString().EndsWith("\n\n", StringComparison.Ordinal))
            request.Append(Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Some.Token)));
        await connection.SendAsync(Encoding.UTF8.GetBytes(answer), Some.Token);
        return request.ToString();
    }
}
