using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Routing rules as the kernel writes and reads them.</summary>
internal static class RuleMessage
{
    /// <summary>FRA_*, linux/fib_rules.h.</summary>
    internal enum Attribute : ushort
    {
        Unspecified = 0,
        Priority = 6,
        Mark = 10,
        SuppressPrefixLength = 14,
        Table = 15,
        MarkMask = 16,
        Padding = 18,
        Protocol = 21,
    }

    /// <summary>FIB_RULE_*, linux/fib_rules.h.</summary>
    [Flags]
    internal enum Flags : uint
    {
        None = 0,
        Permanent = 0x1,
        Invert = 0x2,
    }

    /// <summary>FR_ACT_TO_TBL, linux/fib_rules.h.</summary>
    private const byte LookInTable = 1;

    /// <summary>struct fib_rule_hdr, linux/fib_rules.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte TypeOfService;
        public byte Table;
        public byte Reserved1;
        public byte Reserved2;
        public byte Action;
        public Flags Flags;
    }

    /// <summary>Reads a rule.</summary>
    /// <returns>The rule, or null when it is of a family that is neither IPv4 nor IPv6.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static RoutingRule? Read(NetlinkMessage message)
    {
        Header header = message.FamilyHeader<Header>();
        if (!AddressFamilyNumber.IsInternet(header.Family))
            return null;

        uint priority = 0, table = header.Table, mark = 0, mask = 0;
        int suppressed = -1;
        int protocol = 0;
        bool more = header.Action != LookInTable || header.DestinationLength != 0 || header.SourceLength != 0 || header.TypeOfService != 0;
        foreach (NetlinkAttribute attribute in message.Attributes(Unsafe.SizeOf<Header>()))
        {
            switch (attribute.TypeAs<Attribute>())
            {
                case Attribute.Priority:
                    priority = attribute.AsUInt32();
                    break;
                case Attribute.Mark:
                    mark = attribute.AsUInt32();
                    break;
                case Attribute.MarkMask:
                    mask = attribute.AsUInt32();
                    break;
                case Attribute.Table:
                    table = attribute.AsUInt32();
                    break;
                case Attribute.SuppressPrefixLength:
                    suppressed = (int)attribute.AsUInt32();
                    break;
                case Attribute.Protocol:
                    protocol = attribute.AsByte();
                    break;
                case Attribute.Unspecified or Attribute.Padding:
                    break;
                default:
                    more = true;
                    break;
            }
        }

        return new RoutingRule
        {
            IsIPv6 = header.Family == AddressFamilyNumber.IPv6,
            Priority = priority,
            Table = table,
            Mark = mask == uint.MaxValue ? mark : null,
            Invert = header.Flags.HasFlag(Flags.Invert),
            SuppressPrefixLength = suppressed < 0 ? null : suppressed,
            Protocol = protocol,
            HasMore = more || mask is not (0 or uint.MaxValue),
        };
    }

    /// <summary>Asks for the rules of one family.</summary>
    public static NetlinkRequest GetAll(byte family)
    {
        NetlinkRequest request = new("list routing rules", RouteMessageType.GetRule, MessageFlags.Dump);
        request.WriteHeader(new Header { Family = family });
        return request;
    }

    /// <summary>Adds a rule that must not be there yet.</summary>
    public static NetlinkRequest Add(RoutingRule rule)
    {
        NetlinkRequest request = new($"add {Describe(rule)}", RouteMessageType.NewRule, MessageFlags.Create | MessageFlags.Exclusive);
        Write(request, rule);
        return request;
    }

    /// <summary>Removes the rule that has all that is given.</summary>
    public static NetlinkRequest Delete(RoutingRule rule)
    {
        NetlinkRequest request = new($"remove {Describe(rule)}", RouteMessageType.DeleteRule);
        Write(request, rule);
        return request;
    }

    private static void Write(NetlinkRequest request, RoutingRule rule)
    {
        if (rule.HasMore)
            throw new ArgumentException("Rules that ask for more than this project knows can be read only.", nameof(rule));

        request.WriteHeader(new Header
        {
            Family = rule.IsIPv6 ? AddressFamilyNumber.IPv6 : AddressFamilyNumber.IPv4,
            // The number of a table has outgrown the header; where it does not fit, the attribute counts.
            Table = rule.Table <= byte.MaxValue ? (byte)rule.Table : (byte)0,
            Action = LookInTable,
            Flags = rule.Invert ? Flags.Invert : Flags.None,
        });
        request.Write(Attribute.Priority, rule.Priority);
        request.Write(Attribute.Table, rule.Table);
        if (rule.Mark is { } mark)
        {
            request.Write(Attribute.Mark, mark);
            request.Write(Attribute.MarkMask, uint.MaxValue);
        }

        if (rule.SuppressPrefixLength is { } length)
            request.Write(Attribute.SuppressPrefixLength, (uint)length);
        request.Write(Attribute.Protocol, (byte)rule.Protocol);
    }

    // In the words of ip-rule(8).
    private static string Describe(RoutingRule rule) =>
        $"{(rule.IsIPv6 ? "IPv6" : "IPv4")} rule {rule.Priority}:{(rule.Invert ? " not" : "")}{(rule.Mark is { } mark ? $" fwmark 0x{mark:x}" : "")} lookup {rule.Table}"
        + (rule.SuppressPrefixLength is { } length ? $" suppress_prefixlength {length}" : "");
}
