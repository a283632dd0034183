using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A running client.</summary>
public sealed class WgDynamicClient
{
    internal WgDynamicClient(ClientStatusAnswer answer)
    {
        Interface = $"{answer.Interface}";
        State = $"{answer.State}";
        Version = answer.Release;
        ProcessId = answer.ProcessId;
        StartTime = answer.Started.LocalDateTime;
        ServerPublicKey = answer.ServerPublicKey?.ToString();
        LinkLocalAddress = answer.LinkLocalAddress?.ToString();
        Addresses = [.. answer.Addresses.Select(address => $"{address}")];
        LeaseExpiryTime = answer.LeaseEnd?.LocalDateTime;
        NextRequestTime = answer.NextRequest?.LocalDateTime;
        Routes = [.. answer.Routes.Select(route => $"{route}")];
        DnsServers = [.. answer.DnsServers.Select(server => $"{server}")];
        SearchDomains = [.. answer.SearchDomains];
        Mtu = answer.Mtu;
        Restorations = answer.Restorations;
        Problem = answer.Problem;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>Waiting, Requesting, Bound, Renewing, Expired or Stopping.</summary>
    public string State { get; }

    /// <summary>The client's release.</summary>
    public string Version { get; }

    /// <summary>Its process.</summary>
    public int ProcessId { get; }

    /// <summary>Since when it runs, local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>The server's public key.</summary>
    public string? ServerPublicKey { get; }

    /// <summary>The interface's own link-local address.</summary>
    public string? LinkLocalAddress { get; }

    /// <summary>The leased addresses.</summary>
    public string[] Addresses { get; }

    /// <summary>When the lease runs out, local time.</summary>
    public DateTime? LeaseExpiryTime { get; }

    /// <summary>When the server is asked next, local time.</summary>
    public DateTime? NextRequestTime { get; }

    /// <summary>Routes that the server has pushed and that are in force.</summary>
    public string[] Routes { get; }

    /// <summary>DNS servers that it has pushed and that are in force.</summary>
    public string[] DnsServers { get; }

    /// <summary>Search domains that it has pushed and that are in force.</summary>
    public string[] SearchDomains { get; }

    /// <summary>The MTU that it has pushed and that is in force.</summary>
    public int? Mtu { get; }

    /// <summary>How often something that had vanished from the interface was put back.</summary>
    public int Restorations { get; }

    /// <summary>What is in the way.</summary>
    public string? Problem { get; }

    /// <inheritdoc/>
    public override string ToString() => Interface;
}
