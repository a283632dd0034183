using WgDynamic.Control;

namespace WgDynamic.EndToEnd;

/// <summary>A backup of a running server, and the server begun anew with it.</summary>
public sealed class ControlDatabaseScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_begins_anew_with_a_backup_and_serves_the_peers_that_are_there()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        using MemoryStream backup = new();
        foreach (ControlAnswer part in await AskAsync(network.Hub, new BackupRequest()))
            await backup.WriteAsync(Assert.IsType<ContentAnswer>(part).Content, Token);
        int id = server.Id;

        await using (DaemonProcess client = network.Client.StartClient())
            await client.WaitForLineAsync("leased ");
        LeaseAnswer[] since = await LeasesAsync(network.Hub);
        Assert.Equal(2, since.Length);
        HistoryAnswer holder = Assert.IsType<HistoryAnswer>(Assert.Single(await AskAsync(network.Hub, new HistoryRequest { Address = since[0].Address })));
        Assert.Equal((since[0].PublicKey, LeaseState.Active), (holder.PublicKey, holder.State));

        ControlException refused = await Assert.ThrowsAsync<ControlException>(() => AskAsync(network.Hub, new RestoreRequest(), new MemoryStream(new byte[100_000])));
        Assert.Equal(ControlError.Failed, refused.Code);
        Assert.Equal(2, (await LeasesAsync(network.Hub)).Length);

        backup.Position = 0;
        ServerStatusAnswer status = Assert.IsType<ServerStatusAnswer>(Assert.Single(await AskAsync(network.Hub, new RestoreRequest(), backup)));
        Assert.Equal((id, 0), (status.ProcessId, status.ActiveLeases));
        Assert.Empty(await LeasesAsync(network.Hub));
        // What the backup does not know is nobody's, and the device is as the book is.
        Assert.Equal([$"{Network.LinkLocal(0)}/128"], await network.Hub.AllowedIPsAsync(network.Client));
        Assert.Empty(await AskAsync(network.Hub, new HistoryRequest { Address = since[0].Address }));

        await using DaemonProcess again = network.Client.StartClient();
        // It finds its addresses on the interface and asks for them; to the server they are new leases.
        await again.WaitForLineAsync("renewed ");
        Assert.Equal(since.Select(lease => lease.Address), (await LeasesAsync(network.Hub)).Select(lease => lease.Address));
        Assert.Contains(await AskAsync(network.Hub, new EventsRequest()), answer => answer is EventAnswer { Type: EventType.Daemon, Message: var message } && message.Contains("begun anew", StringComparison.Ordinal));
    }

    private static async Task<LeaseAnswer[]> LeasesAsync(Host host) => [.. (await AskAsync(host, new LeasesRequest { States = [LeaseState.Active] })).Cast<LeaseAnswer>()];

    private static Task<ControlAnswer[]> AskAsync(Host host, ControlRequest request, Stream? upload = null) => host.AskAsync<ControlAnswer>(DaemonRole.Server, request, upload);
}
