using System.Text;

namespace WgDynamic.Server.Tests;

/// <summary>Every kind of problem, with its line, what it says, and what it tells to do.</summary>
public class ConfigurationReaderTests
{
    private const string KeyA = "7Qb1yVQ0o8Fz9RkmVtDWtBn4nxV6yJpN1sP0a2uEo3M=";
    private const string KeyB = "3OhGJNC8WGCVmoDFjbO1sX5wSBy2tK3hPmXbJnD2bCk=";

    [Fact]
    public void An_empty_file_is_the_default()
    {
        foreach (string text in (string[])["", "\n\n", "# nothing\n", "[Server]", "\r\n  [ server ] # here\r\n"])
        {
            ServerConfiguration read = Valid(text);
            Assert.True(read.Pools.IsEmpty && read.Groups.IsEmpty && read.Reservations.IsEmpty && read.Pushes.IsEmpty);
            Assert.Equal(new ServerConfiguration(), read with { Pools = [], Groups = [], Reservations = [], Pushes = [] });
        }
    }

    [Fact]
    public void Everything_can_be_said_in_WireGuards_dialect()
    {
        ServerConfiguration read = Valid($"""
            [server]
            leasetime=90s # a comment
            RETENTION = 12h
            HistoryRetention = 0
            AddressesPerPeer = 7
            GrantInterval = 1m
            GrantBurst = 3
            Connections = 100
            ConnectionsPerPeer = 2
            RequestTime = 5
            IdleTime = 2m
            RevokeOnReload = TRUE
            PoolsFromRoutes = true
            AssignAddress = true

            [Pool]
            Range = 10.66.0.0/24
            Name = staff
            Exclude = 10.66.0.1, 10.66.0.64/28
            Exclude = 10.66.0.100 - 10.66.0.120
            LeaseTime = 7d
            Groups = admins
            Peers = {KeyB}

            [Pool]
            Range = fd66::10-fd66::99

            [Reservation]
            Name = Ada's laptop, the grey one
            PublicKey = {KeyA}
            Address = 10.66.0.7/32
            Address = fd66::7
            LeaseTime = 30m

            [Push]
            Routes = 10.0.0.0/8, fd00::/8, 0.0.0.0/0
            DNS = 10.66.0.1, example.org, fd66::1
            Search = corp.example.org
            MTU = 1420
            Pools = staff
            Groups = admins
            Peers = {KeyB}

            [Group]
            Name = admins
            Peers = {KeyA}
            """);

        Assert.Equal((90, 43200, 0), (read.LeaseTime.TotalSeconds, read.Retention.TotalSeconds, read.HistoryRetention.TotalSeconds));
        Assert.Equal((7, 60, 3), (read.AddressesPerPeer, read.GrantInterval.TotalSeconds, read.GrantBurst));
        Assert.Equal(new SessionLimits { Connections = 100, ConnectionsPerPeer = 2, RequestTime = TimeSpan.FromSeconds(5), IdleTime = TimeSpan.FromMinutes(2) }, read.Limits);
        Assert.True(read is { RevokeOnReload: true, PoolsFromRoutes: true, AssignAddress: true });

        Assert.Equal(2, read.Pools.Length);
        PoolSection staff = read.Pools[0];
        Assert.Equal((16, "staff", "staff", "10.66.0.0/24", TimeSpan.FromDays(7)), (staff.Line, staff.Name, staff.Label, staff.Range.ToString(), staff.LeaseTime));
        Assert.Equal(["10.66.0.1/32", "10.66.0.64/28", "10.66.0.100-10.66.0.120"], staff.Exclusions.Select(range => range.ToString()));
        Assert.Equal([KeyB, KeyA], staff.Peers!.Select(key => key.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal((null, "fd66::10-fd66::99", null, null), (read.Pools[1].Name, read.Pools[1].Label, read.Pools[1].LeaseTime, read.Pools[1].Peers));

        ReservationSection reservation = Assert.Single(read.Reservations);
        Assert.Equal(
            (28, KeyA, "10.66.0.7", "fd66::7", "Ada's laptop, the grey one", TimeSpan.FromMinutes(30)),
            (reservation.Line, reservation.Peer.ToString(), reservation.IPv4.ToString(), reservation.IPv6.ToString(), reservation.Name, reservation.LeaseTime));

        PushSection push = Assert.Single(read.Pushes);
        Assert.Equal(["0.0.0.0/0", "10.0.0.0/8", "fd00::/8"], push.Routes.Select(route => route.ToString()));
        Assert.Equal(["10.66.0.1", "fd66::1"], push.Dns.Select(server => server.ToString()));
        Assert.Equal(["example.org", "corp.example.org"], push.Search);
        Assert.Equal((35, 1420, false), (push.Line, push.Mtu, push.IsForAll));
        Assert.Equal(["staff"], push.Pools);
        Assert.Same(Assert.Single(read.Groups), Assert.Single(push.Groups));
        Assert.Equal(KeyB, Assert.Single(push.Peers).ToString());
        Assert.Equal((44, "admins", KeyA), (read.Groups[0].Line, read.Groups[0].Name, Assert.Single(read.Groups[0].Peers).ToString()));
    }

    [Fact]
    public void Routes_are_pools_unless_there_are_others()
    {
        Assert.True(Valid("[Server]").PoolsFromRoutes);
        Assert.False(Valid("[Pool]\nRange = 10.66.0.0/24").PoolsFromRoutes);
        Assert.True(Valid("[Pool]\nRange = 10.66.0.0/24\n[Server]\nPoolsFromRoutes = true").PoolsFromRoutes);
    }

    [Theory]
    // What is no section, or no key.
    [InlineData("[Pol]", "1:1: error: there is no section [Pol]; did you mean [Pool]?")]
    [InlineData("[Subnet]\nx = y", "1:1: error: there is no section [Subnet]; the sections are [Server], [Pool], [Group], [Reservation], [Push]")]
    [InlineData("\n  [Peer]\nAllowedIPs = x", "2:3: error: there is no section [Peer]; this belongs into /etc/wireguard/<interface>.conf, where [Peer] is; move it there")]
    [InlineData("[interface]", "1:1: error: there is no section [interface]; this belongs into /etc/wireguard/<interface>.conf, where [Interface] is; move it there")]
    [InlineData("[a b]", "1:1: error: this is not the heading of a section; the sections are [Server], [Pool], [Group], [Reservation], [Push]")]
    [InlineData("[Server", "1:1: error: a heading is the name of a section in brackets, and nothing else; write [Server]")]
    [InlineData("[Server] LeaseTime = 1h", "1:1: error: a heading is the name of a section in brackets, and nothing else; write [Server]")]
    [InlineData("[Server]\n[Pool]\nRange = 10.66.0.0/24\n[Server]", "4:1: error: there is a second [Server]; the first is in line 1; put everything into the first")]
    [InlineData("LeaseTime = 1h", "1:1: error: LeaseTime stands in front of all sections; LeaseTime belongs into [Server] or [Pool] or [Reservation]; move it there")]
    [InlineData("Verbose = 1", "1:1: error: Verbose stands in front of all sections; begin with a section, such as [Server]")]
    [InlineData("[Server]\nLeasTime = 1h", "2:1: error: [Server] has no key LeasTime; did you mean LeaseTime?")]
    [InlineData("[Server]\nRange = 10.66.0.0/24", "2:1: error: [Server] has no key Range; Range belongs into [Pool]; move it there")]
    [InlineData("[Server]\nExcldue = 10.66.0.0/24", "2:1: error: [Server] has no key Excldue; did you mean Exclude, which belongs into [Pool]?")]
    [InlineData("[Server]\nListenPort = 51820", "2:1: error: [Server] has no key ListenPort; ListenPort belongs into /etc/wireguard/<interface>.conf; move it there")]
    [InlineData("[Push]\nMTU = 1420\nGateway = 10.66.0.1", "3:1: error: [Push] has no key Gateway; the keys of [Push] are Routes, DNS, Search, MTU, Pools, Groups, Peers")]
    [InlineData("[Server]\n LeaseTime 1h", "2:2: error: this is neither 'Key = value' nor a [Section]; write it so, or begin it with '#' if it is a comment")]
    [InlineData("[Server]\n; LeaseTime = 1h", "2:1: error: this is neither 'Key = value' nor a [Section]; write it so, or begin it with '#' if it is a comment")]
    [InlineData("[Server]\nLeaseTime = # 1h", "2:1: error: LeaseTime has no value; write one, or delete the line")]
    [InlineData("[Server]\nLeaseTime = 1h\nleasetime = 2h", "3:1: error: LeaseTime is there a second time; the first is in line 2; delete one of them")]
    // Times, numbers, flags.
    [InlineData("[Server]\nLeaseTime =  soon", "2:14: error: LeaseTime cannot be 'soon'; write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d")]
    [InlineData("[Server]\nLeaseTime = 1h30m", "2:13: error: LeaseTime cannot be '1h30m'; write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d")]
    [InlineData("[Server]\nLeaseTime = h", "2:13: error: LeaseTime cannot be 'h'; write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d")]
    [InlineData("[Server]\nLeaseTime = 0", "2:13: error: LeaseTime cannot be '0'; write a time from 1s to 4294967295s")]
    [InlineData("[Server]\nLeaseTime = 999999999999999999d", "2:13: error: LeaseTime cannot be '999999999999999999d'; write a time from 1s to 4294967295s")]
    [InlineData("[Server]\nRetention = 36501d", "2:13: error: Retention cannot be '36501d'; write a time from 0s to 36500d")]
    [InlineData("[Server]\nConnections = -1", "2:15: error: Connections cannot be '-1'; write a number from 1 to 1000000")]
    [InlineData("[Server]\nAddressesPerPeer = 0", "2:20: error: AddressesPerPeer cannot be '0'; write a number from 1 to 1024")]
    [InlineData("[Server]\nAssignAddress = yes", "2:17: error: AssignAddress cannot be 'yes'; write true or false")]
    [InlineData("[Server]\nMetrics = 0.0.0.0:9586", "2:11: error: '0.0.0.0:9586' is no address of this machine alone, and metrics are for nobody else; write 127.0.0.1:9586, [::1]:9586 or a socket such as /run/wg-dynamic/wg0.metrics.sock")]
    [InlineData("[Server]\nControlGroup = a b", "2:16: error: 'a b' is not a name; write 1 to 64 letters, digits, '-', '_' or '.'")]
    [InlineData("[Server]\nPoolsFromRoutes = false", "1:1: warning: there is nothing to lease; add a [Pool] or a [Reservation], or delete PoolsFromRoutes")]
    // Pools.
    [InlineData("[Pool]\nName = a", "1:1: error: this [Pool] has no Range; add one, such as Range = 10.66.0.0/24")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nName = a b", "3:8: error: 'a b' is not a name; write 1 to 64 letters, digits, '-', '_' or '.'")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24, fd66::/64", "2:9: error: a [Pool] has one Range; make a [Pool] of each")]
    [InlineData("[Pool]\nRange = 10.66.0.1/24", "2:9: error: 10.66.0.1/24 has bits behind the prefix length; did you mean 10.66.0.0/24, or 10.66.0.1 alone?")]
    [InlineData("[Pool]\nRange = 10.66.0.9-10.66.0.1", "2:9: error: the range 10.66.0.9-10.66.0.1 ends before it begins; did you mean 10.66.0.1-10.66.0.9?")]
    [InlineData("[Pool]\nRange = 10.66.0.9-fd66::1", "2:9: error: the range 10.66.0.9-fd66::1 is of two families; write a range of each")]
    [InlineData("[Pool]\nRange = 10.66.0.10-99", "2:9: error: '10.66.0.10-99' is not a range of addresses; write it as 10.66.0.0/24, 10.66.0.10-10.66.0.99 or 10.66.0.1")]
    [InlineData("[Pool]\nRange = 10.66.0.0/33", "2:9: error: '10.66.0.0/33' is not a range of addresses; write it as 10.66.0.0/24, 10.66.0.10-10.66.0.99 or 10.66.0.1")]
    [InlineData("[Pool]\nRange = ::/0", "2:9: error: ::/0 is every address that there is; write the range of your network, such as 10.66.0.0/24 or fd66::/64")]
    [InlineData("[Pool]\nRange = fe80::/64", "2:9: error: fe80::/64 has link-local addresses, which are not for hosts; write the range of your network, such as 10.66.0.0/24 or fd66::/64")]
    [InlineData("[Pool]\nRange = 223.0.0.0-224.0.0.9", "2:9: error: 223.0.0.0-224.0.0.9 has multicast addresses, which are not for hosts; write the range of your network, such as 10.66.0.0/24 or fd66::/64")]
    [InlineData("[Pool]\nRange = 127.0.0.0/16", "2:9: error: 127.0.0.0/16 has loopback addresses, which are not for hosts; write the range of your network, such as 10.66.0.0/24 or fd66::/64")]
    [InlineData("[Pool]\nRange = ::/64", "2:9: error: ::/64 has unspecified addresses, which are not for hosts; write the range of your network, such as 10.66.0.0/24 or fd66::/64")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nExclude = 10.67.0.1, 10.66.0.1", "3:11: warning: 10.67.0.1/32 is not in the pool 10.66.0.0/24; delete it, or correct it")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nExclude = 10.66.0.1,, 10.66.0.2,", "3:21: error: Exclude has nothing between or behind its commas; delete the comma", "3:33: error: Exclude has nothing between or behind its commas; delete the comma")]
    [InlineData("[Pool]\nRange = 10.66.0.0/30\nExclude = 10.66.0.1\nExclude = 10.66.0.2-10.66.0.9", "2:9: error: nothing is left of the pool 10.66.0.0/30; widen its Range, or exclude less")]
    [InlineData("[Pool]\nRange = fd66::/127\nExclude = fd66::/64", "2:9: error: nothing is left of the pool fd66::/127; widen its Range, or exclude less")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\n[Pool]\nRange = 10.66.0.9-10.66.1.9", "4:9: error: the pool 10.66.0.9-10.66.1.9 overlaps the pool 10.66.0.0/24 in line 2; cut one of them: each address belongs to one pool")]
    [InlineData("[Pool]\nRange = 10.66.0.9-10.66.0.10\n[Pool]\nRange = fd66::/64\n[Pool]\nRange = 10.66.0.0/24", "6:9: error: the pool 10.66.0.0/24 overlaps the pool 10.66.0.9-10.66.0.10 in line 2; cut one of them: each address belongs to one pool")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nName = a\n[Pool]\nRange = 10.67.0.0/24\nName = a", "6:8: error: there is a second [Pool] called a; the first is in line 3; rename one of them, or put both into one")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nGroups = staf\n[Group]\nName = staff\nPeers = " + KeyA, "3:10: error: there is no [Group] called 'staf'; did you mean staff?")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nGroups = staff", "3:10: error: there is no [Group] called 'staff'; add a [Group] with this Name")]
    [InlineData("[Pool]\nRange = 10.66.0.0/24\nPeers = abc", "3:9: error: this is not a public key: it has 3 characters; write the 44 characters that 'wg show' prints for the peer, ending in '='")]
    // Groups.
    [InlineData("[Group]\nPeers = " + KeyA, "1:1: error: this [Group] has no Name; add one, such as Name = staff")]
    [InlineData("[Group]\nName = a", "1:1: warning: nobody is in the group a; add Peers with their public keys")]
    [InlineData("[Group]\nName = a\nPeers = " + KeyA + "\n[Group]\nName = a\nPeers = " + KeyB, "5:8: error: there is a second [Group] called a; the first is in line 2; rename one of them, or put both into one")]
    // Reservations.
    [InlineData("[Reservation]\nAddress = 10.66.0.7", "1:1: error: this [Reservation] has no PublicKey; add the peer's, as 'wg show' prints it")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA, "1:1: error: this [Reservation] has no Address; add one, such as Address = 10.66.0.7, fd66::7")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = 10.66.0.7/24", "3:11: error: 10.66.0.7/24 is more than one address; write 10.66.0.7")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = 10.66.0.700", "3:11: error: '10.66.0.700' is not an address; write one such as 10.66.0.7 or fd66::7")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = fe80::7", "3:11: error: fe80::7 is link-local, no address for a host; write one of your network, such as 10.66.0.7 or fd66::7")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = 10.66.0.7, 10.66.0.8", "3:22: error: this [Reservation] has two IPv4 addresses, 10.66.0.7 and 10.66.0.8; delete one of them")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = 10.66.0.7\n[Reservation]\nPublicKey = " + KeyB + "\nAddress = 10.66.0.7", "6:11: error: 10.66.0.7 is reserved already, in line 3; delete one of the reservations, or change its Address")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = fd66::7\n[Reservation]\nPublicKey = " + KeyA + "\nAddress = 10.66.0.7, fd66::8", "6:22: error: this peer has an IPv6 address already, in line 3; delete one of the two")]
    [InlineData("[Reservation]\nPublicKey = " + KeyA + "\nAddress = fd66::7\nName = a\u001bb", "4:8: error: Name cannot be 'a\\u001bb'; write at most 128 printable characters")]
    // What is pushed.
    [InlineData("[Push]\nPeers = " + KeyA, "1:1: warning: this [Push] pushes nothing; add Routes, DNS, Search or MTU, or delete it")]
    [InlineData("[Push]\nRoutes = 10.1.2.3/8", "2:10: error: 10.1.2.3/8 has bits behind the prefix length; did you mean 10.0.0.0/8?")]
    [InlineData("[Push]\nRoutes = default", "2:10: error: 'default' is not a prefix; write one such as 10.0.0.0/8 or fd66::/48")]
    [InlineData("[Push]\nRoutes = 10.0.0.0/8, fe80::/64", "2:22: error: fe80::/64 is link-local, where no route of a tunnel leads; delete it")]
    [InlineData("[Push]\nDNS = 10.66.0.300", "2:7: error: '10.66.0.300' is neither an address nor a domain; write the address of a DNS server, such as 10.66.0.1, or a domain to search, such as example.org")]
    [InlineData("[Push]\nDNS = example.org, ::1", "2:20: error: ::1 is loopback, no address of a DNS server; write one that is reached through the tunnel, such as 10.66.0.1")]
    [InlineData("[Push]\nDNS = 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.1, 10.0.0.9, 10.0.0.10", "2:97: error: these are more than 8 DNS servers, which no reply holds; delete some")]
    [InlineData("[Push]\nSearch = a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, A, q, r", "2:61: error: these are more than 16 domains to search, which no reply holds; delete some")]
    [InlineData("[Push]\nSearch = example.org.", "2:10: error: 'example.org.' is not a domain; write it without the dot at its end: example.org")]
    [InlineData("[Push]\nSearch = ~example.org", "2:10: error: '~example.org' is not a domain; write one such as example.org")]
    [InlineData("[Push]\nMTU = 1279", "2:7: error: MTU cannot be '1279'; write a number from 1280 to 65535")]
    [InlineData("[Push]\nMTU = 1420\nPools = staf\n[Pool]\nName = staff\nRange = 10.66.0.0/24", "3:9: error: there is no [Pool] called 'staf'; did you mean staff?")]
    public void A_problem_has_its_place_and_its_remedy(string text, params string[] problems)
    {
        ConfigurationResult result = ConfigurationReader.Read(text);
        Assert.Equal(problems, result.Problems.Select(Shown));
        Assert.Equal(result.Errors == 0, result.Configuration is not null);
        Assert.Equal(0, result.LeftOut);
    }

    [Fact]
    public void More_routes_than_a_reply_holds_are_refused() =>
        Assert.Equal(
            // Each takes 17 characters.
            [$"2:{10 + (128 * 17)}: error: these are more than 128 routes, which no reply holds; merge some into wider ones"],
            Problems("[Push]\nRoutes = " + string.Join(", ", Enumerable.Range(0, 200).Select(i => $"10.100.{100 + (i / 2)}.{i % 2}/32"))));

    [Fact]
    public void All_problems_are_listed_in_one_go_in_the_order_of_the_file() =>
        Assert.Equal(
            [2, 3, 5, 7, 9, 11],
            ConfigurationReader.Read("[Server]\nLeaseTime = x\nLeasetime = 2h\n[Pool]\nRange = x\n[Pool]\nGroups = nobody\nRange = 10.66.0.0/24\nExclude = 10.67.0.0/24\n[Push]\nMTU = 1\n")
                .Problems.Select(problem => problem.Line));

    [Fact]
    public void Of_many_problems_a_hundred_are_listed_and_the_rest_is_counted()
    {
        string warning = "[Pool]\nRange = 10.66.0.0/24\nExclude = 10.67.0.0/24\n";
        ConfigurationResult result = ConfigurationReader.Read(warning + "[Server]\n" + string.Concat(Enumerable.Repeat("nonsense\n", 250)));
        Assert.Equal((250, 1, 100, 151), (result.Errors, result.Warnings, result.Problems.Length, result.LeftOut));
        Assert.All(result.Problems, problem => Assert.Equal(ProblemSeverity.Error, problem.Severity));
    }

    [Theory]
    [InlineData("[Interface]\nPrivateKey = SECRET")]
    [InlineData("[Server]\nPrivateKey = SECRET")]
    [InlineData("PresharedKey = SECRET")]
    [InlineData("[Server]\nSECRET")]
    [InlineData("[Server]\nPrivateKey SECRET")]
    [InlineData("[SECRET]")]
    [InlineData("[Group]\nName = SECRET\nPeers = SECRET")]
    [InlineData("[Reservation]\nPublicKey = SECRET\nAddress = SECRET\nLeaseTime = SECRET")]
    [InlineData("[Push]\nDNS = SECRET\nRoutes = SECRET\nMTU = SECRET\nPools = SECRET")]
    public void What_may_be_a_private_key_is_not_repeated(string text)
    {
        // The second has no sign but the last, so that it might pass for a word; the third is hexadecimal.
        foreach (string secret in (string[])["yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk", "yAnz5TFalXXJte14tji3zlMNqahd2rYUIgJBgB3fBmk=x", new string('f', 64)])
        {
            string[] problems = Problems(text.Replace("SECRET", secret, StringComparison.Ordinal));
            Assert.NotEmpty(problems);
            Assert.All(problems, problem => Assert.DoesNotContain(secret[..20], problem, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Values_in_messages_are_cut_and_steer_no_terminal() =>
        Assert.Equal(
            ["2:17: error: AssignAddress cannot be '\\u001b[2J\\u202e" + new string('.', 75) + "…'; write true or false"],
            Problems("[Server]\nAssignAddress = \u001b[2J\u202e" + new string('.', 200)));

    [Fact]
    public void A_byte_order_mark_and_carriage_returns_are_borne()
    {
        ConfigurationResult result = ConfigurationReader.Read([.. Encoding.UTF8.Preamble, .. "[Server]\r\nLeaseTime = 2h\r\n"u8]);
        Assert.Empty(result.Problems);
        Assert.Equal(TimeSpan.FromHours(2), result.Configuration!.LeaseTime);
    }

    [Fact]
    public void What_is_not_text_or_too_large_is_one_error()
    {
        Assert.Equal("3:0: error: this is not text in UTF-8; name a configuration file, or save it in UTF-8", Only(Encoding.Latin1.GetBytes("[Server]\n\n# Käse\n[x]\n")));
        Assert.Equal("2:0: error: this is not text in UTF-8; name a configuration file, or save it in UTF-8", Only("[Server]\n\0\n[x]\n"u8));
        Assert.Equal("2:0: error: this is not text in UTF-8; name a configuration file, or save it in UTF-8", Only("# ü\n# ü"u8[..^1]));
        Assert.Equal("1:0: error: this is not text in UTF-8; name a configuration file, or save it in UTF-8", Only(Encoding.Unicode.GetBytes("[Server]\n")));
        Assert.Equal("0:0: error: the file is larger than 16 MiB; name a configuration file, or make it smaller", Only(new byte[ConfigurationReader.MaxBytes + 1]));

        static string Only(ReadOnlySpan<byte> file)
        {
            ConfigurationResult result = ConfigurationReader.Read(file);
            Assert.Null(result.Configuration);
            return Shown(Assert.Single(result.Problems));
        }
    }

    [Fact]
    public void A_hundred_thousand_reservations_are_read_without_delay()
    {
        StringBuilder text = new();
        for (int i = 0; i < 100_000; i++)
            _ = text.Append($"[Reservation]\nPublicKey = {Names.Key(i)}\nAddress = {Names.Prefix("10.64.0.0/10")[(uint)i + 1]}, {Names.Prefix("fd66::/64")[(uint)i + 1]}\nName = peer {i}\n\n");
        byte[] file = Encoding.UTF8.GetBytes(text.ToString());

        long start = TimeProvider.System.GetTimestamp();
        ConfigurationResult result = ConfigurationReader.Read(file);
        TimeSpan taken = TimeProvider.System.GetElapsedTime(start);

        TestContext.Current.TestOutputHelper?.WriteLine($"{file.Length / 1e6:F1} MB in {taken.TotalMilliseconds:F0} ms");
        Assert.Equal(100_000, result.Configuration!.Reservations.Length);
        // The native executable needs a third of a second. Wide enough for a busy machine: only what is far from linear fails.
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_large_file_that_is_wrong_from_end_to_end_is_refused_as_fast()
    {
        StringBuilder text = new("[Group]\nName = group-0\nPeers = " + KeyA + "\n");
        for (int i = 1; i < 2000; i++)
            _ = text.Append($"[Group]\nName = group-{i}\nPeers = {KeyA}\n");
        for (int i = 0; i < 100_000; i++)
            _ = text.Append($"[Push]\nMTU = 1420\nGroups = gruop-{i}\nPeers = {KeyA}, x\n");
        for (int i = 0; i < 50_000; i++)
            _ = text.Append("[Pool]\nRange = 10.0.0.0/8\n");

        long start = TimeProvider.System.GetTimestamp();
        ConfigurationResult result = ConfigurationReader.Read(text.ToString());
        TimeSpan taken = TimeProvider.System.GetElapsedTime(start);

        TestContext.Current.TestOutputHelper?.WriteLine($"{taken.TotalMilliseconds:F0} ms");
        Assert.Equal(100_000 + 100_000 + 49_999, result.Errors);
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static ServerConfiguration Valid(string text)
    {
        ConfigurationResult result = ConfigurationReader.Read(text);
        Assert.Empty(result.Problems.Select(Shown));
        return result.Configuration!;
    }

    private static string[] Problems(string text) => [.. ConfigurationReader.Read(text).Problems.Select(Shown)];

    private static string Shown(ConfigurationProblem problem) =>
        $"{problem.Line}:{problem.Column}: {(problem.Severity == ProblemSeverity.Error ? "error" : "warning")}: {problem.Message}; {problem.Remedy}";
}
