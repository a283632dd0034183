using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using WgDynamic.Control;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>What a server says and does at its control socket, and for whom.</summary>
public sealed class ControlServerScenarios
{
    // Nobody's, and no group of this machine.
    private const string User = "65534";
    private const int Group = 64242;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_is_told_with_where_its_peer_is_and_one_that_is_revoked_is_gone_from_the_tunnel()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using ControlConnection watching = await ControlConnection.ConnectAsync(SocketOf(network.Hub), Token);
        await using IAsyncEnumerator<ControlAnswer> events = watching.AskAsync(new WatchRequest { Types = [EventType.Granted, EventType.Revoked] }, Token).GetAsyncEnumerator(Token);
        ValueTask<bool> first = events.MoveNextAsync();
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        Assert.True(await first);
        EventAnswer granted = (EventAnswer)events.Current;
        Assert.Equal((EventType.Granted, network.Client.Keys.Public), (granted.Type, $"{granted.PublicKey}"));
        Assert.True(await events.MoveNextAsync());

        LeaseAnswer[] leases = await Until.AsExpectedAsync(() => LeasesAsync(network.Hub), leases => leases.Length == 2 && leases.All(lease => lease.LastHandshake is not null));
        Assert.All(leases, lease =>
        {
            Assert.Equal((network.Client.Keys.Public, LeaseState.Active), ($"{lease.PublicKey}", lease.State));
            Assert.Matches(@"^10\.[0-9.]+:[0-9]+$", lease.Endpoint);
        });
        await client.StopAsync("KILL");
        Assert.Equal(2, (await AskAsync(network.Hub, new RevokeRequest { PublicKey = PublicKey.Parse(network.Client.Keys.Public), Reason = "a test" })).Count);
        Assert.Equal([$"{Network.LinkLocal(0)}/128"], await network.Hub.AllowedIPsAsync(network.Client));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(EventType.Revoked, ((EventAnswer)events.Current).Type);
        await server.WaitForLineAsync("user 0 takes .* back from .*: a test");

        StatisticsAnswer counted = (StatisticsAnswer)Assert.Single(await AskAsync(network.Hub, new StatisticsRequest()));
        Assert.Equal((2L, 2L), (counted.Grants, counted.Revocations));
    }

    [Fact]
    public async Task Who_is_in_the_sockets_group_may_look_who_is_in_the_configured_one_may_change_and_nobody_else_may_anything()
    {
        await using Network network = await Network.CreateAsync();
        string file = Path.Combine(network.Hub.RuntimeDirectory, "wg.dynamic.conf");
        await File.WriteAllTextAsync(file, "[Server]\nLeaseTime = 10m\n", Token);
        // As systemd makes it: what is made in it has its group.
        await Command.RunAsync("chgrp", $"{Group}", network.Hub.RuntimeDirectory);
        await Command.RunAsync("chmod", "2755", network.Hub.RuntimeDirectory);
        await using DaemonProcess server = network.Hub.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");

        (int status, string output, string error) = await AsAsync(network.Hub, [], "show");
        Assert.Equal(1, status);
        Assert.Contains("may not be opened", error, StringComparison.Ordinal);
        Assert.Contains("usermod", error, StringComparison.Ordinal);

        (status, output, error) = await AsAsync(network.Hub, [Group], "show", $"{network.Hub.Interface}");
        Assert.True(status == 0, error);
        Assert.Contains(Network.Pool4, output, StringComparison.Ordinal);
        (status, _, error) = await AsAsync(network.Hub, [Group], "reload", $"{network.Hub.Interface}");
        Assert.Equal(1, status);
        Assert.Contains("ControlGroup", error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, $"[Server]\nLeaseTime = 10m\nControlGroup = {Group}\n", Token);
        _ = await AskAsync(network.Hub, new ReloadRequest());
        (status, _, error) = await AsAsync(network.Hub, [Group, 64243], "reload", $"{network.Hub.Interface}");
        Assert.True(status == 0, error);

        await File.WriteAllTextAsync(file, "[Server]\nControlGroup = nobody-has-such-a-group\n", Token);
        _ = await AskAsync(network.Hub, new ReloadRequest());
        await server.WaitForLineAsync("there is no group nobody-has-such-a-group");
        (status, _, _) = await AsAsync(network.Hub, [Group], "reload", $"{network.Hub.Interface}");
        Assert.Equal(1, status);
    }

    [Fact]
    public async Task Whoever_crowds_the_socket_reads_nothing_or_sends_garbage_delays_no_peer()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < 100; i++)
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                crowd.Add(socket);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(network.Hub)), Token);
                byte[] said = (i % 4) switch
                {
                    0 => Encoding.ASCII.GetBytes("""{"request":"watch","includeCurrent":true}""" + "\n"),
                    1 => Encoding.ASCII.GetBytes(new string('[', 60_000)),
                    2 => [0xff, 0, 10, 13, 10],
                    _ => [],
                };
                _ = await socket.SendAsync(said, SocketFlags.None, Token);
            }

            await using DaemonProcess client = network.Client.StartClient();
            await client.WaitForLineAsync("leased ");
            _ = await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2);
        }
        finally
        {
            crowd.ForEach(socket => socket.Dispose());
        }

        Assert.False(server.Log.Contains("please report it", StringComparison.Ordinal), server.Log);
        Assert.Empty(await AskAsync(network.Hub, new StopRequest()));
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.False(File.Exists(SocketOf(network.Hub)));
    }

    [Fact]
    public async Task A_server_whose_socket_somebody_else_has_says_so_and_serves_without()
    {
        await using Network network = await Network.CreateAsync();
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketOf(network.Hub)));
        other.Listen();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("there is no control socket.*somebody listens.*--runtime-directory");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        Assert.Equal(0, await server.StopAsync());
        Assert.True(File.Exists(SocketOf(network.Hub)));
    }

    [Fact]
    public async Task A_database_comes_back_as_it_was_while_the_server_runs()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess first = network.Clients[0].StartClient();
        await first.WaitForLineAsync("leased ");
        LeaseAnswer[] before = await Until.AsExpectedAsync(() => LeasesAsync(network.Hub), leases => leases.Length == 2);

        MemoryStream backup = new();
        foreach (ContentAnswer part in (await AskAsync(network.Hub, new BackupRequest())).Cast<ContentAnswer>())
            backup.Write(part.Content.Span);
        backup.Position = 0;
        await using DaemonProcess second = network.Clients[1].StartClient();
        await second.WaitForLineAsync("leased ");
        _ = await Until.AsExpectedAsync(() => LeasesAsync(network.Hub), leases => leases.Length == 4);
        await second.StopAsync("KILL");

        await using (ControlConnection connection = await ControlConnection.ConnectAsync(SocketOf(network.Hub), Token))
        {
            ServerStatusAnswer status = (ServerStatusAnswer)Assert.Single(await connection.AskAsync(new RestoreRequest(), backup, Token).ToListAsync(Token));
            Assert.Equal((2, server.Id), (status.ActiveLeases, status.ProcessId));
        }

        Assert.Equal(before.Select(lease => lease.Address), (await LeasesAsync(network.Hub)).Select(lease => lease.Address));
        // What the backup does not know is nobody's, and the device is as the book is.
        _ = await Until.AsExpectedAsync(() => network.Hub.AllowedIPsAsync(network.Clients[1]), allowed => allowed.Length == 1);
        Assert.Equal(3, (await network.Hub.AllowedIPsAsync(network.Clients[0])).Length);
        await network.Clients[0].PingAsync("192.168.4.1", before[0].Address.ToString());
    }

    private static string SocketOf(Host host) => ControlSocket.PathOf(host.RuntimeDirectory, host.Interface, DaemonRole.Server);

    private static async Task<List<ControlAnswer>> AskAsync(Host host, ControlRequest request)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(SocketOf(host), Token);
        return await connection.AskAsync(request, Token).ToListAsync(Token);
    }

    private static async Task<LeaseAnswer[]> LeasesAsync(Host host) => [.. (await AskAsync(host, new LeasesRequest())).Cast<LeaseAnswer>()];

    // The tool, as somebody who is not root.
    private static async Task<(int Status, string Output, string Error)> AsAsync(Host host, int[] groups, params string[] arguments)
    {
        using Process tool = Process.Start(new ProcessStartInfo(
            "setpriv",
            ["--reuid", User, "--regid", User, .. groups.Length == 0 ? (string[])["--clear-groups"] : ["--groups", string.Join(',', groups)], "--inh-caps=-all", "--bounding-set=-all",
                Path.Combine(Backend.PublishDirectory, "wg-dynamic"), .. arguments, "--runtime-directory", host.RuntimeDirectory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = tool.StandardError.ReadToEndAsync(Token);
        string output = await tool.StandardOutput.ReadToEndAsync(Token);
        await tool.WaitForExitAsync(Token);
        return (tool.ExitCode, output, await error);
    }
}
