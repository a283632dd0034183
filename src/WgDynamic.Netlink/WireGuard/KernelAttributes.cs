namespace WgDynamic.Netlink;

/// <summary>WG_CMD_*, linux/wireguard.h.</summary>
internal enum WireGuardCommand : byte
{
    GetDevice = 0,
    SetDevice = 1,
}

/// <summary>WGDEVICE_A_*, linux/wireguard.h. The private key (3) is passed over.</summary>
internal enum DeviceAttribute : ushort
{
    InterfaceName = 2,
    PublicKey = 4,
    ListenPort = 6,
    FirewallMark = 7,
    Peers = 8,
}

/// <summary>WGPEER_A_*, linux/wireguard.h. The preshared key (2) is passed over.</summary>
internal enum PeerAttribute : ushort
{
    PublicKey = 1,
    Flags = 3,
    Endpoint = 4,
    PersistentKeepalive = 5,
    LastHandshake = 6,
    ReceivedBytes = 7,
    SentBytes = 8,
    AllowedIPs = 9,
}

/// <summary>WGPEER_F_*, linux/wireguard.h. WGPEER_F_REPLACE_ALLOWEDIPS (2) is never used.</summary>
[Flags]
internal enum PeerFlags : uint
{
    None = 0,
    Remove = 0x1,
    UpdateOnly = 0x4,
}

/// <summary>WGALLOWEDIP_A_*, linux/wireguard.h.</summary>
internal enum AllowedIPAttribute : ushort
{
    Family = 1,
    Address = 2,
    PrefixLength = 3,
    Flags = 4,
}

/// <summary>WGALLOWEDIP_F_*, linux/wireguard.h, since Linux 6.16.</summary>
[Flags]
internal enum AllowedIPFlags : uint
{
    None = 0,
    Remove = 0x1,
}
