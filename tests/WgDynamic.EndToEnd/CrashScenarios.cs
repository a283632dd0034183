using System.Diagnostics;
using System.Text;
using WgDynamic.Leasing;
using WgDynamic.Storage;

namespace WgDynamic.EndToEnd;

/// <summary>A server that is killed at any moment while many clients ask it.</summary>
/// <param name="output">For the figures.</param>
public sealed class CrashScenarios(ITestOutputHelper output)
{
    private const int Rounds = 200;
    private const int Clients = 64;

    // Fewer of IPv4 than there are clients, so that addresses go from hand to hand.
    private const string Pool4 = "192.168.4.0/26";
    private const string Pool6 = "2001:db8:1234::/120";

    [Fact]
    public async Task A_server_that_is_killed_two_hundred_times_under_load_breaks_no_promise()
    {
        Backend.Require();
        Assert.SkipWhen(Backend.IsKernel, "two hundred rounds take too long on an emulated processor");
        int seed = Random.Shared.Next(1_000_000);
        try
        {
            await RunAsync(seed);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
        }
    }

    private async Task RunAsync(int seed)
    {
        Random random = new(seed);
        PublicKey[] peers = [.. Enumerable.Range(0, Clients).Select(_ => RandomKey(random))];
        await using Host hub = await CreateHubAsync(peers);
        await using LoadProcess load = await LoadProcess.StartAsync(hub.Network, [$"{hub.Interface}", $"{seed}", Pool4, Pool6, .. peers.Select((_, i) => Network.LinkLocal(i))]);
        Promises promises = new(peers);
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 1; round <= Rounds; round++)
        {
            await using (DaemonProcess server = hub.StartServer())
            {
                await server.WaitForLineAsync("serving on");
                await CheckDeviceAsync(hub, server);
                Task<IReadOnlyList<string>> asking = load.AskAsync();
                await Task.Delay(random.Next(5, 151));
                Assert.Equal(128 + 9, await server.StopAsync("KILL"));
                foreach (string line in await asking.WaitAsync(Backend.Patience))
                    promises.Read(line);
            }

            using DatabaseCopy copy = new(hub.Database);
            promises.Check(await copy.ReadAsync());
            if (round % 10 == 0)
                Assert.Empty(LeaseDatabase.Check(copy.Path).Problems);
        }

        await using (DaemonProcess server = hub.StartServer())
        {
            await server.WaitForLineAsync("serving on");
            await CheckDeviceAsync(hub, server);
            Assert.Equal(0, await server.StopAsync());
        }

        await using SqliteLeaseStore store = SqliteLeaseStore.Open(hub.Database, BootId.Read());
        promises.Check((await store.LoadAsync(CancellationToken.None)).Records);
        promises.CheckHistory(store);
        output.WriteLine($"seed {seed}: {Rounds} rounds, {promises.Replies} replies ({promises.Refusals} refusals), {promises.Unanswered} requests cut short (in {promises.CarriedOutUnanswered} cases the store had moved on), {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(promises.Replies > 10 * Rounds, $"only {promises.Replies} replies");
        Assert.True(promises.Unanswered > Rounds, $"only {promises.Unanswered} requests were cut short");
    }

    /// <summary>A hub whose clients' addresses are its own too: what they send goes the way of everything on the interface but for the tunnel.</summary>
    private static async Task<Host> CreateHubAsync(PublicKey[] peers)
    {
        KeyPair[] keys = await KeyPair.GenerateAsync(1);
        Host hub = await Host.CreateAsync("hub", keys[0]);
        try
        {
            StringBuilder configuration = new($"[Interface]\nPrivateKey = {keys[0].Private}\n");
            foreach ((int i, PublicKey peer) in peers.Index())
                configuration.Append($"[Peer]\nPublicKey = {peer}\nAllowedIPs = {Network.LinkLocal(i)}/128\n");
            await hub.ConfigureAsync(configuration.ToString());
            await hub.IpAsync([
                $"address add fe80::/64 dev {hub.Interface}",
                $"link set {hub.Interface} up",
                $"address add 192.168.4.1/26 dev {hub.Interface}",
                $"address add 2001:db8:1234::1/120 dev {hub.Interface}",
                .. peers.Select((_, i) => $"address add {Network.LinkLocal(i)}/128 dev {hub.Interface} nodad"),
            ]);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    // From the first moment that it serves.
    private static async Task CheckDeviceAsync(Host hub, DaemonProcess server)
    {
        string allowed = await hub.WgAsync($"show {hub.Interface} allowed-ips");
        using DatabaseCopy copy = new(hub.Database);
        string[] leased = [.. (await copy.ReadAsync()).Where(record => record.State == LeaseState.Active).Select(record => $"{record.Peer} {IpPrefix.Host(record.Address)}")];
        string[] onDevice =
        [
            .. allowed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', ' '))
                .SelectMany(words => words[1..].Where(word => !word.StartsWith("fe80:", StringComparison.Ordinal)).Select(word => $"{words[0]} {word}")),
        ];
        Assert.True(
            leased.Order(StringComparer.Ordinal).SequenceEqual(onDevice.Order(StringComparer.Ordinal)),
            $"leased and not on the device: [{string.Join(", ", leased.Except(onDevice))}]; on the device and not leased: [{string.Join(", ", onDevice.Except(leased))}]\n{server.Log}");
    }

    private static PublicKey RandomKey(Random random)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        random.NextBytes(bytes);
        return new PublicKey(bytes);
    }
}
