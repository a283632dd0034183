using System.Text.RegularExpressions;

namespace WgDynamic.EndToEnd;

/// <summary>"A hub and a client in five minutes" of README.md: its files and its commands, on two machines, as they stand there.</summary>
public partial class ReadmeScenarios
{
    private const string Steps = "## A hub and a client in five minutes";

    // There are no packages and no systemd on these two machines: the package's and the unit's tests are others.
    private static readonly string[] _elsewhere = ["eng/package.sh", "apt install", "systemctl enable --now wg-quick@wg0 wg-dynamic-server@wg0"];

    [Fact]
    public async Task Following_its_steps_on_two_machines_gives_the_client_addresses_that_work()
    {
        await using Network network = await Network.CreateAsync();
        Dictionary<string, QuickMachine> machines = new()
        {
            ["hub"] = await QuickMachine.CreateAsync(network.Hub, network.Client),
            ["laptop"] = await QuickMachine.CreateAsync(network.Client, network.Hub),
        };
        Dictionary<string, string> publicKeys = [], outputs = [];
        List<string> skipped = [];
        foreach (string block in Blocks())
        {
            if (block.StartsWith('['))
            {
                await WriteFileAsync(block.Contains("ListenPort", StringComparison.Ordinal) ? "hub" : "laptop", block);
                continue;
            }

            foreach (Match line in Command.Matches(block))
            {
                (string where, string command) = (line.Groups["where"].Value, line.Groups["command"].Value);
                if (_elsewhere.FirstOrDefault(other => command.StartsWith(other, StringComparison.Ordinal)) is { } other)
                {
                    skipped.Add(other);
                    // What the units' names mean, as far as a machine without systemd can do it.
                    if (other.StartsWith("systemctl", StringComparison.Ordinal))
                        await StartHubAsync();
                    continue;
                }

                string output = await machines[where].SucceedAsync("sh", "-c", command);
                if (command.Contains("wg pubkey", StringComparison.Ordinal))
                    publicKeys[where] = output.Trim();
                else
                    outputs[command] = output;
                if (command == "wg-quick up wg0")
                    await machines["laptop"].LeasedAsync();
            }
        }

        Assert.Equal(_elsewhere.Order(StringComparer.Ordinal), skipped.Distinct().Order(StringComparer.Ordinal));
        string[] leased = await network.Client.AddressesAsync("wg0");
        Assert.All(leased, address => Assert.Contains(address, outputs["ip -brief address show dev wg0"], StringComparison.Ordinal));
        Assert.All(leased, address => Assert.Contains(address, outputs["wg show wg0 allowed-ips"], StringComparison.Ordinal));
        Assert.Equal(["10.66.0", "fd66"], leased.Select(address => Regex.Match(address, @"^(10\.66\.0|fd66)").Value));
        await machines["laptop"].SucceedAsync("wg-quick", "down", "wg0");
        await machines["hub"].SucceedAsync("wg-quick", "down", "wg0");

        async Task WriteFileAsync(string where, string text)
        {
            string key = (await machines[where].SucceedAsync("cat", "/etc/wireguard/wg0.key")).Trim();
            string content = text
                .Replace("(what is in wg0.key)", key, StringComparison.Ordinal)
                .Replace("(the laptop's public key)", publicKeys["laptop"], StringComparison.Ordinal)
                .Replace("(the hub's public key)", publicKeys["hub"], StringComparison.Ordinal)
                // There is no such name.
                .Replace("hub.example.org", "10.255.0.1", StringComparison.Ordinal);
            Assert.DoesNotContain('(', content);
            await File.WriteAllTextAsync(machines[where].File, content, TestContext.Current.CancellationToken);
            File.SetUnixFileMode(machines[where].File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        // wg-quick@wg0 and the command of wg-dynamic-server@wg0, but in the background.
        async Task StartHubAsync()
        {
            await machines["hub"].SucceedAsync("wg-quick", "up", "wg0");
            string unit = await File.ReadAllTextAsync(Path.Combine(Backend.RepositoryRoot, "packaging", "systemd", "wg-dynamic-server@.service"), TestContext.Current.CancellationToken);
            string start = Regex.Match(unit, "^ExecStart=(.*)$", RegexOptions.Multiline).Groups[1].Value
                .Replace("@sbindir@", Backend.PublishDirectory, StringComparison.Ordinal).Replace("%I", "wg0", StringComparison.Ordinal).Replace(" --foreground", " --database /run/wg0.db", StringComparison.Ordinal);
            await machines["hub"].SucceedAsync("sh", "-c", start);
        }
    }

    // What is indented by four spaces below the heading, and above the next.
    private static IEnumerable<string> Blocks()
    {
        string readme = File.ReadAllText(Path.Combine(Backend.RepositoryRoot, "README.md"));
        string section = readme[readme.IndexOf(Steps, StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", Steps.Length, StringComparison.Ordinal)];
        return Regex.Matches(section, @"(?<=\n\n)(?:    .*\n|\n(?=    ))+").Select(block => Regex.Replace(block.Value, "^    ", "", RegexOptions.Multiline));
    }

    [GeneratedRegex(@"^(?<where>hub|laptop)?[#$] (?<command>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Command { get; }
}
