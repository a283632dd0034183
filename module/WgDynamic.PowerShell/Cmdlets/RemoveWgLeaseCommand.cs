using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Takes leases back.</summary>
/// <remarks>
/// The peer cannot use the address from then on, and can ask for another at once: to keep it out, remove it from the interface. Since this cuts
/// somebody off, it asks first, unless -Force or -Confirm:$false is given. A lease that has ended already is an error.
/// </remarks>
/// <example>
/// <code>Remove-WgLease -Interface wg0 -IPAddress 10.66.0.7 -Reason 'machine was sold'</code>
/// Takes one address back.
/// </example>
/// <example>
/// <code>Get-WgLease -Interface wg0 -State Active | Where-Object HostName -like 'lab-*' | Remove-WgLease -Force</code>
/// Takes the addresses of some machines back without asking.
/// </example>
[Cmdlet(VerbsCommon.Remove, "WgLease", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(WgLease))]
public sealed class RemoveWgLeaseCommand : WgPassThruCmdlet
{
    /// <summary>All leases of this peer, or with -IPAddress those.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string? PublicKey { get; set; }

    /// <summary>The leases of these addresses.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public string[]? IPAddress { get; set; }

    /// <summary>Why, for the server's log and its events.</summary>
    [Parameter]
    [ValidateLength(1, 200)]
    public string? Reason { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        object? target = IPAddress is null ? PublicKey : IPAddress.Length == 1 ? IPAddress[0] : IPAddress;
        ForItem(target, () =>
        {
            if (PublicKey is null && IPAddress is null or { Length: 0 })
                throw new WgDynamicException("WgInvalidArgument", ErrorCategory.InvalidArgument, "neither a peer nor an address is given", "Name what to take back with -PublicKey, -IPAddress or both.", Interface);
            PublicKey? key = PublicKey is null ? null : Read.Key(PublicKey);
            IpAddress[] addresses = [.. (IPAddress ?? []).Select(Read.Address)];
            ForEachDaemon(Interface, socket => ForItem(target, () =>
            {
                if (addresses.Length == 0)
                    Revoke(socket, key, null);
                foreach (IpAddress address in addresses)
                    ForItem($"{address}", () => Revoke(socket, key, address));
            }));
        });
    }

    private void Revoke(ControlSocket socket, PublicKey? key, IpAddress? address)
    {
        LeasesRequest request = new() { PublicKeys = key is { } one ? [one] : [], Addresses = address is { } single ? [new IpRange(single, single)] : [], States = [LeaseState.Active] };
        List<LeaseAnswer> found = [.. Ask<LeaseAnswer>(socket, request)];
        if (found.Count == 0)
        {
            string target = address?.ToString() ?? key!.Value.ToString();
            throw Leases.NotFound($"there is no active lease of {target}{(address is null || key is null ? "" : $" for {key}")} on {socket.Interface}", target);
        }

        foreach (LeaseAnswer lease in found)
        {
            if (!ShouldChange($"{lease.Address} on {socket.Interface}, leased by {lease.HostName ?? $"{lease.PublicKey}"}", "Take the lease back", Force))
                continue;
            foreach (LeaseAnswer answer in Ask<LeaseAnswer>(socket, new RevokeRequest { PublicKey = lease.PublicKey, Addresses = [lease.Address], Reason = Reason }))
                Give(new WgLease(answer, Clock));
        }
    }
}

/// <summary>What the cmdlets of leases share.</summary>
internal static class Leases
{
    public static WgDynamicException NotFound(string message, string target) =>
        new("WgLeaseNotFound", ErrorCategory.ObjectNotFound, message, "Get-WgLease without filters lists the leases that there are, in all states.", target);
}
