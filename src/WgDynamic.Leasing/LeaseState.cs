namespace WgDynamic.Leasing;

/// <summary>What became of a lease.</summary>
public enum LeaseState
{
    /// <summary>The peer may use the address.</summary>
    Active,

    /// <summary>It ran out without a renewal.</summary>
    Expired,

    /// <summary>The peer gave it back, or moved to another address.</summary>
    Released,

    /// <summary>The server took it back: its pool is gone, or the operator gave the address to somebody else.</summary>
    Revoked,
}
