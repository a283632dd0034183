namespace WgDynamic.Netlink;

/// <summary>Messages and attributes start at multiples of four: NLMSG_ALIGNTO and NLA_ALIGNTO, linux/netlink.h.</summary>
internal static class Alignment
{
    private const int Unit = 4;

    public static int Pad(int length) => (length + Unit - 1) & ~(Unit - 1);
}
