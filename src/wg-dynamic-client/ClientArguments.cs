using System.CommandLine;
using System.CommandLine.Parsing;
using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>The options that are the client's own, checked as they are read.</summary>
internal static class ClientArguments
{
    /// <summary>What the server is told that this program is: <c>wg-dynamic/1.0.0</c>.</summary>
    public static string ProgramName => $"wg-dynamic/{Release}";

    /// <summary><c>--accept</c>.</summary>
    public static Option<Acceptance> Accept()
    {
        Option<Acceptance> option = new("--accept")
        {
            Description = "What the server may push, with commas between: routes, dns, mtu, default-route, or none",
            HelpName = "LIST",
            DefaultValueFactory = _ => new Acceptance(),
            CustomParser = result =>
            {
                string text = Text(result);
                if (!Acceptance.TryParse(text, out Acceptance accepted))
                    result.AddError($"'{text}' is no list of what can be accepted; there are {string.Join(", ", Acceptance.Words)}");
                return accepted;
            },
        };
        option.CompletionSources.Add([.. Acceptance.Words]);
        return option;
    }

    /// <summary><c>--accept-prefix</c>.</summary>
    public static Option<IpPrefix[]> AcceptPrefix() => new("--accept-prefix")
    {
        Description = "Accept only routes inside this prefix; may be given several times",
        HelpName = "PREFIX",
        CustomParser = result =>
        {
            List<IpPrefix> prefixes = [];
            foreach (Token token in result.Tokens)
            {
                if (IpPrefix.TryParse(token.Value, out IpPrefix prefix))
                    prefixes.Add(prefix);
                else
                    result.AddError($"'{token.Value}' is no prefix such as 10.0.0.0/8, or has host bits set");
            }

            return [.. prefixes];
        },
    };

    /// <summary><c>--table</c>.</summary>
    public static Option<RouteTable> Table()
    {
        Option<RouteTable> option = new("--table")
        {
            Description = "Where pushed routes go, as wg-quick's Table: auto, off, main, or the number of a routing table",
            HelpName = "TABLE",
            DefaultValueFactory = _ => RouteTable.Auto,
            CustomParser = result =>
            {
                string text = Text(result);
                if (!RouteTable.TryParse(text, out RouteTable table))
                    result.AddError($"'{text}' is no routing table: auto, off, main, or a number from 1 to {uint.MaxValue}");
                return table;
            },
        };
        option.CompletionSources.Add("auto", "main", "off");
        return option;
    }

    /// <summary><c>--hostname</c>.</summary>
    public static Option<string?> Hostname() => new("--hostname")
    {
        Description = "What to tell the server that this machine is called (its host name)",
        HelpName = "NAME",
        // Names that the wire cannot carry exist, and are not worth an error where nobody asked for them.
        DefaultValueFactory = _ => Request.IsHostname(Environment.MachineName) ? Environment.MachineName : null,
        CustomParser = result =>
        {
            string text = Text(result);
            if (!Request.IsHostname(text))
                result.AddError($"'{text}' is no host name: letters, digits and hyphens, with dots between");
            return text;
        },
    };

    /// <summary><c>--request-address</c>.</summary>
    public static Option<IpAddress[]> RequestAddress() => new("--request-address")
    {
        Description = "Ask for this address; may be given once for each family. Any other will do if the server does not give it",
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            List<IpAddress> addresses = [];
            foreach (Token token in result.Tokens)
            {
                if (!IpAddress.TryParse(token.Value, out IpAddress address) || address.IsUnspecified)
                    result.AddError($"'{token.Value}' is no address to ask for, such as 10.66.0.7");
                else if (addresses.Exists(other => other.Family == address.Family))
                    result.AddError($"{token.Value} is the second address of its family: one of each can be asked for");
                else
                    addresses.Add(address);
            }

            return [.. addresses];
        },
    };

    /// <summary><c>--control-group</c>: the group's number.</summary>
    public static Option<uint?> ControlGroup() => new("--control-group")
    {
        Description = "Let members of this group renew and stop at the control socket, beside root",
        HelpName = "NAME",
        CustomParser = result =>
        {
            string text = Text(result);
            uint? group = ControlAccess.FindGroup(text);
            if (group is null)
                result.AddError($"there is no group '{text}' in /etc/group; make it with: groupadd {text}, or give its number");
            return group;
        },
    };

    /// <summary>What the program is called in its own words and at the control socket: 1.0.0.</summary>
    public static string Release { get; } = typeof(ClientArguments).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary><c>--options</c>, which <see cref="Daemon.OptionsFile.Expand"/> carries out.</summary>
    public static Option<string?> Options() => new(Daemon.OptionsFile.Option)
    {
        Description = "Take more options from this file, if it is there: words, with comments behind #",
        HelpName = "FILE",
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
