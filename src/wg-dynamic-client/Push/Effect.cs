using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>
/// One thing that a pushed state has done to this machine, with all that it takes to undo it. Made in the order of
/// <see cref="Rank"/>, undone in the opposite order.
/// </summary>
internal abstract record Effect
{
    private Effect(int rank) => Rank = rank;

    /// <summary>What must be there before: the lower, the earlier.</summary>
    public int Rank { get; }

    /// <summary>What it is about: of effects on the same, one is in force at a time, and another replaces it in one step.</summary>
    public abstract object Slot { get; }

    /// <summary>Whether it is still there when its interface is not.</summary>
    public virtual bool OutlivesInterface => false;

    /// <summary>Whether the kernel tells nobody when somebody takes it away.</summary>
    public virtual bool VanishesSilently => false;

    /// <summary>The server's peer has these beside what the operator gave it.</summary>
    public sealed record AllowedIPs(PublicKey Peer, ValueList<IpPrefix> Prefixes) : Effect(0)
    {
        public override object Slot => typeof(AllowedIPs);

        public override bool VanishesSilently => true;

        public override string ToString() => $"AllowedIPs {Prefixes}";
    }

    /// <summary>The interface has another MTU than before.</summary>
    public sealed record Mtu(int Value, int Before) : Effect(1)
    {
        public override object Slot => typeof(Mtu);

        public override string ToString() => $"MTU {Value}";
    }

    /// <summary>The tunnel's own packets are marked, and were not before.</summary>
    public sealed record PacketMark(uint Value) : Effect(2)
    {
        public override object Slot => typeof(PacketMark);

        public override bool VanishesSilently => true;

        public override string ToString() => $"fwmark {Value}";
    }

    /// <summary>net.ipv4.conf.all.src_valid_mark is 1, and was 0: reverse path filtering minds the mark.</summary>
    public sealed record ValidMark() : Effect(3)
    {
        public override object Slot => typeof(ValidMark);

        public override bool OutlivesInterface => true;

        public override string ToString() => "src_valid_mark";
    }

    /// <summary>There is a table of nft(8) that puts the mark on the answers to the tunnel's packets, and lets packets to the leased addresses in from the tunnel only.</summary>
    public sealed record Firewall(bool IsIPv6, uint Mark, ValueList<IpAddress> Addresses) : Effect(4)
    {
        public override object Slot => (typeof(Firewall), IsIPv6);

        public override bool OutlivesInterface => true;

        public override string ToString() => $"nft table for {(IsIPv6 ? "IPv6" : "IPv4")}";
    }

    /// <summary>A route leads to the interface.</summary>
    public sealed record TunnelRoute(IpPrefix Destination, uint Table) : Effect(5)
    {
        public override object Slot => this;

        public override string ToString() => $"route {Destination} in table {Table}";
    }

    /// <summary>A rule sends packets to the table of routes, or past it.</summary>
    public sealed record Rule(RoutingRule Value) : Effect(6)
    {
        public override object Slot => this;

        public override bool OutlivesInterface => true;

        // It does tell (RTM_DELRULE), but to whom asks for it.
        public override bool VanishesSilently => true;

        public override string ToString() => $"{(Value.IsIPv6 ? "IPv6" : "IPv4")} rule {Value.Priority}";
    }

    /// <summary>Names are looked up at these servers.</summary>
    public sealed record Names(NameService Service, ValueList<IpAddress> Servers, ValueList<string> Search, bool Exclusive) : Effect(7)
    {
        public override object Slot => typeof(Names);

        // systemd-resolved forgets with the link.
        public override bool OutlivesInterface => Service.Tool == NameTool.Resolvconf;

        public override string ToString() => $"DNS {Servers}";
    }
}
