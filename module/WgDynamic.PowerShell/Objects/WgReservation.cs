using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>An address that is kept for a peer.</summary>
public sealed class WgReservation
{
    internal WgReservation(ReservationAnswer answer)
    {
        Interface = $"{answer.Interface}";
        PublicKey = $"{answer.PublicKey}";
        IPAddress = $"{answer.Address}";
        AddressFamily = WgLease.FamilyOf(answer.Address);
        LeaseDuration = answer.LeaseTime;
        Description = answer.Description;
        Origin = $"{answer.Origin}";
        InUse = answer.InUse;
        Problem = answer.Problem;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>For whom.</summary>
    public string PublicKey { get; }

    /// <summary>Which address.</summary>
    public string IPAddress { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; }

    /// <summary>How long its leases last; nothing for the server's time.</summary>
    public TimeSpan? LeaseDuration { get; }

    /// <summary>For people.</summary>
    public string? Description { get; }

    /// <summary>File: changed in the configuration file. Runtime: changed by cmdlets.</summary>
    public string Origin { get; }

    /// <summary>Whether the peer has the address now.</summary>
    public bool InUse { get; }

    /// <summary>Why the peer could not have it.</summary>
    public string? Problem { get; }

    /// <inheritdoc/>
    public override string ToString() => IPAddress;
}
