namespace WgDynamic.EndToEnd;

/// <summary>Many clients.</summary>
public class CrowdScenarios
{
    [Fact]
    public async Task A_crowd_of_clients_at_once_gets_as_many_different_addresses_of_each_family()
    {
        // Two hundred take an emulated processor four minutes, and say no more.
        int count = Backend.IsKernel ? 40 : 200;
        Backend.Require();
        using InotifyLimit limit = new(2 * count);
        await using Network network = await Network.CreateAsync(count, "192.168.4.0/24", "2001:db8:1234::/120");
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        DaemonProcess[] clients = [.. network.Clients.Select(client => client.StartClient())];
        try
        {
            foreach (DaemonProcess client in clients)
                await client.WaitForLineAsync("leased ");
            List<string> all = [];
            foreach (Host client in network.Clients)
            {
                string[] addresses = await client.AddressesAsync();
                Assert.Equal(2, addresses.Length);
                all.AddRange(addresses);
            }

            Assert.Equal(2 * count, all.Distinct().Count());
            string[] allowed = [.. (await network.Hub.WgAsync($"show {network.Hub.Interface} allowed-ips")).Split('\n', '\t', ' ').Where(text => text.Contains('/', StringComparison.Ordinal) && !text.StartsWith("fe80", StringComparison.Ordinal) && !text.EndsWith('='))];
            Assert.Equal(all.Order(), allowed.Order());
        }
        finally
        {
            foreach (DaemonProcess client in clients)
                await client.DisposeAsync();
        }
    }
}
