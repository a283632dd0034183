using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What changing pools, exclusions and reservations by the control socket has in common. For the lease service's loop.</summary>
internal sealed class PlanEdit(InterfaceName interfaceName, string configurationPath, PlanKeeper plan, EventHub events, ILogger log)
{
    public InterfaceName Interface => interfaceName;

    public PlanKeeper Plan => plan;

    /// <summary>Changes what operators have added, and tells of it.</summary>
    /// <param name="removed">What goes.</param>
    /// <param name="added">What comes.</param>
    /// <param name="now">The time.</param>
    /// <param name="text">What that is, for people.</param>
    /// <param name="peer">Whom it is about.</param>
    /// <param name="address">Which address it is about.</param>
    /// <exception cref="ControlException">It cannot be stored; nothing has changed.</exception>
    public async ValueTask ChangeAsync(RuntimePlan removed, RuntimePlan added, Moment now, string text, PublicKey? peer = null, IpAddress? address = null)
    {
        try
        {
            // Once it is begun it is done: who asked may have gone.
            await plan.ChangeAsync(removed, added, now, CancellationToken.None);
        }
        catch (Exception error) when (error is LeaseStoreException or IOException)
        {
            throw new ControlException(ControlError.Failed, $"it cannot be stored, and nothing has changed: {error.Message}");
        }

        log.PlanChanged(interfaceName, text);
        events.Publish(new ControlEvent(EventType.PlanChanged, peer, address, Text: text));
    }

    /// <summary>What comes from elsewhere is changed there.</summary>
    /// <param name="what">What, for people.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="peer">The peer that has it by AllowedIPs, if that is where it comes from.</param>
    public ControlException ReadOnly(string what, Origin origin, PublicKey? peer = null) => new(
        ControlError.ReadOnly,
        $"{what} was not added by the control socket, and cannot be changed by it",
        origin switch
        {
            Origin.Route => $"it is a route that leads to {interfaceName} (ip route show dev {interfaceName}); write a [Pool] into {configurationPath} to say more of it",
            Origin.Device when peer is { } key => $"it is in the AllowedIPs of {key}; change those with: wg set {interfaceName} peer {key} allowed-ips …",
            Origin.Device => "it is an address of this host; see: ip address",
            _ => $"it is in {configurationPath}; change it there and run wg-dynamic-server --check-config {interfaceName}, then reload",
        });

    /// <summary>Where something comes from, for people.</summary>
    public string Source(Origin origin) => origin switch
    {
        Origin.File => $"from {configurationPath}",
        Origin.Route => "from a route",
        Origin.Device => "from the device",
        _ => "added by the control socket",
    };
}
