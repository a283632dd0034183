using System.Diagnostics;
using System.Text.Json;

namespace WgDynamic.EndToEnd;

/// <summary>The tool, asking daemons that serve a tunnel.</summary>
public sealed class ControlToolScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_daemons_have_is_shown_and_changed()
    {
        await using Network network = await Network.CreateAsync();
        Host hub = network.Hub, client = network.Client;
        await using DaemonProcess server = hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess daemon = client.StartClient();
        await daemon.WaitForLineAsync("leased ");
        string[] addresses = [.. (await Until.AsExpectedAsync(client.AddressesAsync, found => found.Length == 2)).Select(address => address.Split('/')[0])];

        // All that is shown of the hub, and of the client.
        string shown = await DoneAsync(hub, "show", $"{hub.Interface}");
        Assert.StartsWith($"server: {hub.Interface}\n", shown, StringComparison.Ordinal);
        Assert.Contains($"{addresses[0]} ", shown, StringComparison.Ordinal);
        Assert.Contains(client.Keys.Public, shown, StringComparison.Ordinal);
        Assert.Contains($"{Network.Pool4} ", shown, StringComparison.Ordinal);
        Assert.Matches($"^client: {client.Interface}\n  state: has a lease\n  server: {System.Text.RegularExpressions.Regex.Escape(hub.Keys.Public)}\n", await DoneAsync(client, "show"));

        // As fields, and as JSON.
        string[][] leases = Fields(await DoneAsync(hub, "leases", "--key", client.Keys.Public, "--state", "active"));
        Assert.Equal(addresses.Order(StringComparer.Ordinal), leases.Select(lease => lease[2]).Order(StringComparer.Ordinal));
        Assert.All(leases, lease => Assert.Equal((14, $"{hub.Interface}", "Server", client.Keys.Public, "Active"), (lease.Length, lease[0], lease[1], lease[3], lease[4])));
        string[] lines = Lines(await DoneAsync(hub, "leases", "--address", addresses[0], "--json"));
        Assert.Equal(addresses[0], JsonDocument.Parse(Assert.Single(lines)).RootElement.GetProperty("address").GetString());
        Assert.Equal((1, "", "wg-dynamic: there is no such lease; see: wg-dynamic leases\n"), await RunAsync(hub, "leases", "--address", "192.0.2.1"));

        // A pool at run time, and an address in it for the client, which it gets with the next renewal.
        Assert.Matches("^added pool guests, 192.168.5.0/28: 14 of 14 free\n$", await DoneAsync(hub, "pools", "add", $"{hub.Interface}", "192.168.5.0/28", "--name", "guests"));
        Assert.Equal("guests", Assert.Single(Fields(await DoneAsync(hub, "pools", "--pool", "guests")))[1]);
        Assert.Contains("excluded 192.168.5.1", await DoneAsync(hub, "pools", "exclude", $"{hub.Interface}", "192.168.5.1"), StringComparison.Ordinal);
        Assert.Equal($"192.168.5.7 is kept for {client.Keys.Public}\n", await DoneAsync(hub, "reserve", $"{hub.Interface}", client.Keys.Public, "192.168.5.7"));
        string renewed = await DoneAsync(client, "renew", $"{client.Interface}");
        Assert.Contains("192.168.5.7: ", renewed, StringComparison.Ordinal);
        Assert.Equal($"192.168.5.7 is kept for {client.Keys.Public} no longer\n", await DoneAsync(hub, "unreserve", $"{hub.Interface}", "192.168.5.7"));
        (int code, string output, string error) = await RunAsync(hub, "pools", "remove", $"{hub.Interface}", "guests");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("wg-dynamic: ", error, StringComparison.Ordinal);

        // Taken back at once, and told to who watches.
        using Process watch = Start(hub, "watch", $"{hub.Interface}", "--type", "revoked", "--current");
        Assert.Equal("Current", (await NextAsync())[4]);
        Assert.Equal($"revoked 192.168.5.7 of {client.Keys.Public}\n", await DoneAsync(hub, "revoke", $"{hub.Interface}", "192.168.5.7", "--reason", "tried"));
        string[] happened;
        do
            happened = await NextAsync();
        while (happened[4] == "Current");
        Assert.Equal(("Revoked", client.Keys.Public, "192.168.5.7"), (happened[4], happened[5], happened[6]));
        watch.Kill();

        Assert.Matches(@"\n  revoked: 1\n", await DoneAsync(hub, "stats"));
        Assert.Contains($"wg_dynamic_revocations_total{{interface=\"{hub.Interface}\"}} 1\n", await DoneAsync(hub, "metrics"), StringComparison.Ordinal);
        Assert.Matches($"^{hub.Interface} has read ", await DoneAsync(hub, "reload", $"{hub.Interface}"));
        Assert.Matches("gives its addresses back", await DoneAsync(client, "release", $"{client.Interface}"));
        Assert.Equal(0, await daemon.WaitForExitAsync());
        Assert.Empty(Lines(await DoneAsync(hub, "leases", "--state", "active")));

        async Task<string[]> NextAsync() => (await watch.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Backend.Patience, Token))!.Split('\t');
    }

    [Fact]
    public async Task A_backup_is_taken_and_put_back_while_the_server_runs()
    {
        await using Network network = await Network.CreateAsync();
        Host hub = network.Hub;
        await using DaemonProcess server = hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess daemon = network.Client.StartClient();
        await daemon.WaitForLineAsync("leased ");
        string address = (await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2))[0].Split('/')[0];
        Assert.Equal(network.Client.Keys.Public, Assert.Single(Fields(await DoneAsync(hub, "history", address)))[1]);

        string backup = Path.Combine(hub.RuntimeDirectory, "backup");
        Assert.Matches($"^the leases of {hub.Interface} are copied to {backup} ", await DoneAsync(hub, "backup", $"{hub.Interface}", backup));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        (int code, _, string error) = await RunAsync(hub, "backup", $"{hub.Interface}", backup);
        Assert.Equal((1, $"wg-dynamic: {backup} exists already; name another file, or put this in its place with --force\n"), (code, error));
        Assert.Matches($"^{hub.Interface} has the leases of {backup}: 2 active", await DoneAsync(hub, "restore", $"{hub.Interface}", backup));
        await File.WriteAllTextAsync(backup, "no database", Token);
        Assert.Equal(1, (await RunAsync(hub, "restore", $"{hub.Interface}", backup)).Code);
        Assert.Equal(2, Lines(await DoneAsync(hub, "leases", "--state", "active")).Length);
    }

    [Fact]
    public async Task Behind_a_pipe_that_nobody_reads_any_more_it_ends_quietly()
    {
        await using Network network = await Network.CreateAsync();
        Host hub = network.Hub;
        await using DaemonProcess server = hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string tool = Path.Combine(Backend.PublishDirectory, "wg-dynamic"), directory = hub.RuntimeDirectory;
        // It begins only when its reader has gone. Watching would wait for ever if it did not notice.
        const string Script = """
            mkfifo "$2/gone"
            (read -r _ <"$2/gone"; exec "$1" watch --current --runtime-directory "$2") | (exec <&-; echo >"$2/gone")
            echo "${PIPESTATUS[0]}"
            """;
        Assert.Equal("0\n", await TestKit.Command.RunAsync("timeout", "20", "bash", "-c", Script, "bash", tool, directory));
    }

    private static async Task<string> DoneAsync(Host host, params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(host, arguments);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Host host, params string[] arguments)
    {
        using Process process = Start(host, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token), error = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token).WaitAsync(Backend.Patience, Token);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(Host host, params string[] arguments) => Process.Start(
        new ProcessStartInfo(Path.Combine(Backend.PublishDirectory, "wg-dynamic"), [.. arguments, "--runtime-directory", host.RuntimeDirectory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[][] Fields(string text) => [.. Lines(text).Select(line => line.Split('\t'))];
}
