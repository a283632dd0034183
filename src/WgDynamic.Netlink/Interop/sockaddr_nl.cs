using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

// struct sockaddr_nl, linux/netlink.h
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_nl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}
