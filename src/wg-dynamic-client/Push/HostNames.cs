namespace WgDynamic.Client;

/// <summary>The DNS servers of one interface, by the program that manages them on this host; as wg-quick does it.</summary>
/// <param name="interfaceName">The interface.</param>
/// <param name="clock">For time limits.</param>
internal sealed class HostNames(InterfaceName interfaceName, TimeProvider clock)
{
    private const string InterfaceOrder = "/etc/resolvconf/interface-order";
    private const string ResolvedRuns = "/run/systemd/resolve";

    /// <summary>Finds the program: resolvconf if it is there and this is root, whom it is for, else resolvectl if systemd-resolved runs.</summary>
    /// <returns>The program, and what it calls this interface; null if there is neither.</returns>
    public NameService? Find() =>
        Environment.IsPrivilegedProcess && ExternalProgram.Find("resolvconf", clock) is not null ? new NameService(NameTool.Resolvconf, Tag(ReadInterfaceOrder()) + interfaceName)
        : ExternalProgram.Find("resolvectl", clock) is not null && Directory.Exists(ResolvedRuns) ? new NameService(NameTool.Resolvectl, interfaceName.ToString())
        : null;

    /// <summary>The servers that the interface has now, by whomever.</summary>
    /// <returns>The servers; null if the program does not say.</returns>
    public async ValueTask<IReadOnlyList<IpAddress>?> ReadAsync(NameService service)
    {
        try
        {
            return service.Tool == NameTool.Resolvectl
                ? ResolvectlServers(await Program(service.Tool).RunAsync(["dns", service.Record]))
                : ResolvconfServers(await Program(service.Tool).RunAsync(["-l", service.Record]));
        }
        catch (EffectException)
        {
            // Debian's resolvconf does not list, but keeps a file; systemd's has neither.
            string file = $"/etc/resolvconf/run/interface/{service.Record}";
            return service.Tool == NameTool.Resolvconf && File.Exists(file) ? ResolvconfServers(await File.ReadAllTextAsync(file)) : null;
        }
    }

    /// <summary>Sets servers and domains.</summary>
    /// <exception cref="EffectException">The program failed; what it had done is undone as well as can be.</exception>
    public async ValueTask SetAsync(Effect.Names names, bool isChange)
    {
        ExternalProgram program = Program(names.Service.Tool);
        try
        {
            foreach ((string[] arguments, string? input) in SetCommands(names, isChange))
                _ = await program.RunAsync(arguments, input);
        }
        catch (EffectException) when (!isChange)
        {
            try
            {
                _ = await program.RunAsync(RemoveCommand(names.Service));
            }
            catch (EffectException)
            {
                // The first failure is the one to be told.
            }

            throw;
        }
    }

    /// <summary>Takes servers and domains back, unless others are there by now.</summary>
    /// <exception cref="EffectException">The program failed.</exception>
    public async ValueTask RemoveAsync(Effect.Names names)
    {
        if (await ReadAsync(names.Service) is not { Count: > 0 } present || present.SequenceEqual(names.Servers))
            _ = await Program(names.Service.Tool).RunAsync(RemoveCommand(names.Service));
    }

    /// <summary>What is run to set servers: arguments and input.</summary>
    internal static IEnumerable<(string[] Arguments, string? Input)> SetCommands(Effect.Names names, bool isChange)
    {
        string record = names.Service.Record;
        if (names.Service.Tool == NameTool.Resolvconf)
        {
            string input = string.Concat(names.Servers.Select(server => $"nameserver {server}\n"));
            if (names.Search.Count > 0)
                input += $"search {string.Join(' ', names.Search)}\n";
            return [(["-a", record, "-m", "0", "-x"], input)];
        }

        // "~." sends every question here, which is what the -x of resolvconf means (resolvectl(1), "Compatibility with resolvconf(8)").
        string[] domains = names.Exclusive ? [.. names.Search, "~."] : [.. names.Search];
        List<(string[], string?)> commands = [(["dns", record, .. names.Servers.Select(server => server.ToString())], null)];
        if (domains.Length > 0 || isChange)
            commands.Add((domains.Length > 0 ? ["domain", record, .. domains] : ["domain", record, ""], null));
        return commands;
    }

    /// <summary>What is run to take servers back.</summary>
    internal static string[] RemoveCommand(NameService service) =>
        service.Tool == NameTool.Resolvconf ? ["-d", service.Record, "-f"] : ["revert", service.Record];

    /// <summary>What Debian's resolvconf wants in front of the interface: the first pattern of its interface-order that is a word and a star.</summary>
    internal static string Tag(IEnumerable<string> interfaceOrder) => interfaceOrder
        .Where(line => line.Length > 1 && line[^1] == '*' && NameService.IsTag(line.AsSpan(0, line.Length - 1)))
        .Select(line => line[..^1] + ".")
        .FirstOrDefault("");

    /// <summary>Reads lines of a resolv.conf(5).</summary>
    internal static List<IpAddress> ResolvconfServers(string text) => Addresses(text.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["nameserver", _])
        .Select(words => words[1]));

    /// <summary>Reads <c>Link 7 (wg0): 10.0.0.53 2001:db8::53</c>.</summary>
    internal static List<IpAddress> ResolvectlServers(string text) =>
        Addresses((text.IndexOf("):", StringComparison.Ordinal) is >= 0 and var end ? text[(end + 2)..] : "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static List<IpAddress> Addresses(IEnumerable<string> words)
    {
        List<IpAddress> addresses = [];
        foreach (string word in words)
        {
            if (IpAddress.TryParse(word, out IpAddress address))
                addresses.Add(address);
        }

        return addresses;
    }

    private static string[] ReadInterfaceOrder() => File.Exists(InterfaceOrder) ? File.ReadAllLines(InterfaceOrder) : [];

    private ExternalProgram Program(NameTool tool)
    {
        string name = tool == NameTool.Resolvectl ? "resolvectl" : "resolvconf";
        return ExternalProgram.Find(name, clock) ?? throw new EffectException($"{name} is not there any more");
    }
}
