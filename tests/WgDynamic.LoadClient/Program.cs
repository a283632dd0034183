using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using WgDynamic;
using WgDynamic.LoadClient;
using WgDynamic.Protocol;

// INTERFACE SEED POOL4 POOL6 SOURCE…
// For each line on standard input, has one client for each source address ask without a pause until the server is gone,
// and then writes "stopped". Before that come the lines of the journal.
NetworkInterface link = NetworkInterface.GetAllNetworkInterfaces().Single(link => link.Name == args[0]);
int index = link.GetIPProperties().GetIPv6Properties().Index;
int seed = int.Parse(args[1], CultureInfo.InvariantCulture);
IpPrefix pool4 = IpPrefix.Parse(args[2]), pool6 = IpPrefix.Parse(args[3]);
IpAddress[] sources = [.. args[4..].Select(source => IpAddress.Parse(source))];

using StreamWriter output = new(Console.OpenStandardOutput());
Journal journal = new(output, sources.Length);
IPEndPoint server = new(WireLimits.ServerAddress.ToIPAddress(index), WireLimits.DefaultPort);
AskingClient[] clients =
[
    .. sources.Select((source, number) => new AskingClient(
        source.ToIPAddress(index), server, new Choice(number, journal, pool4, pool6, new Random((seed * 1000) + number)), journal)),
];
Console.Error.WriteLine("ready");
while (Console.ReadLine() is not null)
{
    await Task.WhenAll(clients.Select(client => Task.Run(client.RunAsync)));
    output.WriteLine("stopped");
    output.Flush();
}
