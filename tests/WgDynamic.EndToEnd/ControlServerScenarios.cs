using System.Diagnostics;
using System.Net.Sockets;
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
        await using ControlConnection watching = await ControlConnection.ConnectAsync(network.Hub.SocketOf(DaemonRole.Server), Token);
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
        Assert.Equal(2, (await AskAsync(network.Hub, new RevokeRequest { PublicKey = PublicKey.Parse(network.Client.Keys.Public), Reason = "a test" })).Length);
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
        using (await UnkindCallers.CallAsync(network.Hub.SocketOf(DaemonRole.Server)))
        {
            await using DaemonProcess client = network.Client.StartClient();
            await client.WaitForLineAsync("leased ");
            _ = await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2);
        }

        Assert.False(server.Log.Contains("please report it", StringComparison.Ordinal), server.Log);
        Assert.Empty(await AskAsync(network.Hub, new StopRequest()));
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.False(File.Exists(network.Hub.SocketOf(DaemonRole.Server)));
    }

    [Fact]
    public async Task A_server_whose_socket_somebody_else_has_says_so_and_serves_without()
    {
        await using Network network = await Network.CreateAsync();
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(network.Hub.SocketOf(DaemonRole.Server)));
        other.Listen();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("there is no control socket.*somebody listens.*--runtime-directory");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        Assert.Equal(0, await server.StopAsync());
        Assert.True(File.Exists(network.Hub.SocketOf(DaemonRole.Server)));
    }

    private static Task<ControlAnswer[]> AskAsync(Host host, ControlRequest request) => host.AskAsync<ControlAnswer>(DaemonRole.Server, request);

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
