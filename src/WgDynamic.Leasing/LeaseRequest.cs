namespace WgDynamic.Leasing;

/// <summary>What a peer wants: for each family nothing (null), any address (unspecified) or a certain one.</summary>
/// <param name="Peer">Who asks.</param>
/// <param name="IPv4">Null, 0.0.0.0 or an address.</param>
/// <param name="IPv6">Null, :: or an address.</param>
/// <param name="Hostname">What its machine calls itself; null if it does not say.</param>
public readonly record struct LeaseRequest(PublicKey Peer, IpAddress? IPv4, IpAddress? IPv6, string? Hostname = null);

/// <summary>What it has after the request: always the complete state.</summary>
/// <param name="IPv4">Its IPv4 lease, if any.</param>
/// <param name="IPv6">Its IPv6 lease, if any.</param>
/// <param name="IsComplete">False if something that it asked for was refused.</param>
/// <param name="LeaseTime">For how long from now, both.</param>
/// <param name="IsHeldBack">True if something was refused since the peer has had too many new addresses lately: <see cref="LeasePolicy.GrantInterval"/>.</param>
public readonly record struct LeaseGrant(Lease? IPv4, Lease? IPv6, bool IsComplete, TimeSpan LeaseTime, bool IsHeldBack);
