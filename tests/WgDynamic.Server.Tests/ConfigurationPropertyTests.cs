using System.Collections.Frozen;
using System.Text;
using CsCheck;

namespace WgDynamic.Server.Tests;

/// <summary>The reader against texts of every kind: none makes it throw, and what is written correctly is read as it was meant.</summary>
public class ConfigurationPropertyTests
{
    // Pieces that get far into the reader, next to pieces that get nowhere.
    private static readonly Gen<string> _pieces = Gen.OneOf(
        OneOf(
            [
                .. Vocabulary.Sections.Select(section => $"[{section.Name}]\n"), .. Vocabulary.Sections.SelectMany(section => section.Keys).Select(key => $"{key.Name} = "),
                "\n", "\r\n", ",", " ", "#", "=", "[", "]", "-", "/", "\0", "\ufeff", "\ud800", "1", "3600", "90s", "9999999999999999999d", "true", "staff", "a.b", "10.66.0.0/24",
                "10.66.0.7", "10.66.0.9-10.66.0.20", "fd66::/64", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124", "255.255.255.0-255.255.255.255", "0.0.0.0", Names.Key(1).ToString(), Names.Key(2).ToString(),
            ]),
        Gen.String[0, 8],
        Gen.String[Gen.Char.AlphaNumeric, 0, 90]);

    [Fact]
    public void No_text_makes_it_throw() =>
        _pieces.Array[0, 60].Select(string.Concat).Sample(text => Check(ConfigurationReader.Read(text)), iter: 20_000);

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.OneOf(Gen.Byte.Array[0, 200], _pieces.Array[0, 30].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)))).Sample(bytes => Check(ConfigurationReader.Read(bytes)), iter: 5000);

    [Fact]
    public void What_is_written_correctly_is_read_as_it_was_meant() =>
        Gen.Select(Meanings, Gen.Int[0, int.MaxValue]).Sample((meant, seed) =>
        {
            ConfigurationResult result = ConfigurationReader.Read(new Scribe(new Random(seed)).Write(meant));
            Assert.Empty(result.Problems);
            ServerConfiguration read = result.Configuration!;
            Assert.Equal(Meaning(meant), Meaning(read));
        });

    private static Gen<ServerConfiguration> Meanings { get; } = Gen.Select(
        Gen.Select(Gen.Long[1, uint.MaxValue], Gen.Long[0, 1_000_000], Gen.Int[1, 1024], Gen.Int[1, 1_000_000], Gen.Bool, Gen.Bool),
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 86400].Nullable(), Gen.Int[0, 3].Array[0, 3], Gen.Bool).Array[0, 5],
        Gen.Select(Gen.Int[0, 3].Array[1, 3], Gen.Int[0, 3]).Array[0, 3],
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[1, 100_000].Nullable()).Array[0, 4],
        Gen.Select(Gen.Int[0, 9].Array[1, 4], Gen.Int[0, 3].Array[0, 3], Gen.Int[1280, 65535].Nullable(), Gen.Int[0, 5].Array[0, 3]).Array[0, 4],
        (server, pools, groups, reservations, pushes) =>
        {
            GroupSection[] allGroups = [.. groups.Select((group, i) => new GroupSection { Line = 0, Name = $"group-{i}", Peers = group.Item1.Select(Names.Key).ToFrozenSet() })];
            PoolSection[] allPools =
            [
                .. pools.Select((pool, i) => new PoolSection
                {
                    Line = 0,
                    Name = pool.Item5 ? $"pool_{i}" : null,
                    // Some are prefixes, some are not; none overlap.
                    Range = i % 2 == 0 ? IpRange.Parse($"fd66:{i}::/{48 + pool.Item1}") : IpRange.Parse($"10.66.{i}.{pool.Item1}-10.66.{i}.{pool.Item1 + pool.Item2 + 9}"),
                    Exclusions = i % 2 == 0 ? [IpRange.Parse($"fd66:{i}::1"), IpRange.Parse($"fd66:{i}::a-fd66:{i}::1a")] : [IpRange.Parse($"10.66.{i}.{pool.Item1}")],
                    LeaseTime = pool.Item3 is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
                    Peers = pool.Item4.Length == 0 ? null : pool.Item4.Select(Names.Key).ToFrozenSet(),
                }),
            ];
            return new ServerConfiguration
            {
                LeaseTime = TimeSpan.FromSeconds(server.Item1),
                Retention = TimeSpan.FromSeconds(server.Item2),
                AddressesPerPeer = server.Item3,
                GrantInterval = TimeSpan.FromSeconds(server.Item2 % 86400),
                GrantBurst = server.Item4,
                Limits = new SessionLimits { Connections = server.Item4 },
                RevokeOnReload = server.Item5,
                AssignAddress = server.Item6,
                PoolsFromRoutes = pools.Length == 0,
                Pools = [.. allPools],
                Groups = [.. allGroups],
                Reservations =
                [
                    .. reservations.Select((reservation, i) => new ReservationSection
                    {
                        Line = 0,
                        Peer = Names.Key(i),
                        IPv4 = reservation.Item1 || !reservation.Item2 ? Names.Ip($"10.9.0.{i + 1}") : null,
                        IPv6 = reservation.Item2 ? Names.Ip($"fd99::{i + 1}") : null,
                        LeaseTime = reservation.Item3 is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                        Name = i % 2 == 0 ? $"Peer {i}, ärmlich = schön" : null,
                    }),
                ],
                Pushes =
                [
                    .. pushes.Select(push => new PushSection
                    {
                        Line = 0,
                        Routes = [.. push.Item1.Distinct().Order().Select(i => Names.Prefix($"10.{i}.0.0/16"))],
                        Dns = [.. push.Item2.Distinct().Select(i => Names.Ip($"fd66::{i + 1}"))],
                        Search = [.. push.Item2.Distinct().Select(i => $"d{i}.example.org")],
                        Mtu = push.Item3,
                        Peers = push.Item4.Select(Names.Key).ToFrozenSet(),
                        Groups = [.. allGroups.Take(push.Item1.Length - 1)],
                        Pools = [.. allPools.Where(pool => pool.Name is not null).Take(push.Item1[0] % 3).Select(pool => pool.Name!)],
                    }),
                ],
            };
        });

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Check(ConfigurationResult result)
    {
        Assert.Equal(result.Errors == 0, result.Configuration is not null);
        Assert.InRange(result.Problems.Length, Math.Min(1, result.Errors + result.Warnings), ProblemList.Max);
        foreach (ConfigurationProblem problem in result.Problems)
        {
            Assert.False(string.IsNullOrWhiteSpace(problem.Message) || string.IsNullOrWhiteSpace(problem.Remedy));
            Assert.DoesNotContain(problem.Message + problem.Remedy, char.IsControl);
            Assert.InRange(problem.Message.Length + problem.Remedy.Length, 1, 1000);
        }

        if (result.Configuration is { } configuration)
            _ = new PushRules(configuration.Pushes).For(Names.Key(1), "staff", "a.b");
    }

    private static string Meaning(ServerConfiguration read)
    {
        StringBuilder text = new();
        _ = text.AppendLine($"{read.LeaseTime} {read.Retention} {read.AddressesPerPeer} {read.GrantInterval} {read.GrantBurst} {read.Limits} {read.RevokeOnReload} {read.AssignAddress} {read.PoolsFromRoutes}");
        foreach (PoolSection pool in read.Pools)
            _ = text.AppendLine($"{pool.Label} {pool.Range} {string.Join(",", pool.Exclusions)} {pool.LeaseTime} {(pool.Peers is null ? "all" : Shown(pool.Peers))}");
        foreach (GroupSection group in read.Groups)
            _ = text.AppendLine($"{group.Name} {Shown(group.Peers)}");
        foreach (ReservationSection reservation in read.Reservations)
            _ = text.AppendLine($"{reservation.Peer} {reservation.IPv4} {reservation.IPv6} {reservation.LeaseTime} {reservation.Name}");
        foreach (PushSection push in read.Pushes)
            _ = text.AppendLine($"{string.Join(",", push.Routes)} {string.Join(",", push.Dns)} {string.Join(",", push.Search)} {push.Mtu} {Shown(push.Peers)} {string.Join(",", push.Groups.Select(group => group.Name))} {string.Join(",", push.Pools)}");
        return text.ToString();
    }

    private static string Shown(IEnumerable<PublicKey> keys) => string.Join(",", keys.Order());

    /// <summary>Writes a configuration as a person might: in any case, with comments and spaces anywhere, lists on one line or on many.</summary>
    private sealed class Scribe(Random random)
    {
        private readonly StringBuilder _text = new();

        public string Write(ServerConfiguration configuration)
        {
            List<Action> sections =
            [
                () =>
                {
                    Heading("Server");
                    One("LeaseTime", Time(configuration.LeaseTime));
                    One("Retention", Time(configuration.Retention));
                    One("AddressesPerPeer", configuration.AddressesPerPeer);
                    One("GrantInterval", Time(configuration.GrantInterval));
                    One("GrantBurst", configuration.GrantBurst);
                    One("Connections", configuration.Limits.Connections);
                    One("RevokeOnReload", configuration.RevokeOnReload);
                    One("AssignAddress", configuration.AssignAddress);
                },
                () => configuration.Pools.ToList().ForEach(Write),
                () => configuration.Groups.ToList().ForEach(Write),
                () => configuration.Reservations.ToList().ForEach(Write),
                () => configuration.Pushes.ToList().ForEach(Write),
            ];
            Action[] order = [.. sections];
            random.Shuffle(order);
            foreach (Action section in order)
                section();
            return _text.ToString();
        }

        private void Write(PoolSection pool)
        {
            Heading("Pool");
            One("Range", pool.Range);
            One("Name", pool.Name);
            Many("Exclude", pool.Exclusions);
            One("LeaseTime", pool.LeaseTime is { } time ? Time(time) : null);
            Many("Peers", pool.Peers ?? []);
        }

        private void Write(GroupSection group)
        {
            Heading("Group");
            Many("Peers", group.Peers);
            One("Name", group.Name);
        }

        private void Write(ReservationSection reservation)
        {
            Heading("Reservation");
            One("PublicKey", reservation.Peer);
            Many("Address", new[] { reservation.IPv4, reservation.IPv6 }.OfType<IpAddress>());
            One("Name", reservation.Name);
            One("LeaseTime", reservation.LeaseTime is { } time ? Time(time) : null);
        }

        private void Write(PushSection push)
        {
            Heading("Push");
            Many("Routes", push.Routes);
            if (random.Next(2) == 0)
            {
                Many("DNS", push.Dns.Select(server => server.ToString()).Concat(push.Search));
            }
            else
            {
                Many("DNS", push.Dns);
                Many("Search", push.Search);
            }

            One("MTU", push.Mtu);
            Many("Peers", push.Peers);
            Many("Groups", push.Groups.Select(group => group.Name));
            Many("Pools", push.Pools);
        }

        private void Heading(string name) => Line($"[{Space()}{AnyCase(name)}{Space()}]");

        private void One(string key, object? value)
        {
            if (value is not null)
                Line($"{AnyCase(key)}{Space()}={Space()}{value}");
        }

        private void Many<T>(string key, IEnumerable<T> values)
        {
            T[] rest = [.. values];
            while (rest.Length > 0)
            {
                int count = random.Next(1, rest.Length + 1);
                Line($"{AnyCase(key)}{Space()}={Space()}{string.Join($"{Space()},{Space()}", rest.Take(count))}");
                rest = rest[count..];
            }
        }

        private void Line(string line)
        {
            string comment = random.Next(4) == 0 ? "# [Pool] = ü" : "";
            string end = random.Next(4) == 0 ? "\r\n" : "\n";
            _ = _text.Append(Space()).Append(line).Append(Space()).Append(comment).Append(end).Append(random.Next(8) == 0 ? "\n# x\n" : "");
        }

        private string Space() => random.Next(4) switch { 0 => " ", 1 => "\t", 2 => "  ", _ => "" };

        private string AnyCase(string text) => random.Next(3) switch { 0 => text.ToUpperInvariant(), 1 => text.ToLowerInvariant(), _ => text };

        private string Time(TimeSpan time)
        {
            long seconds = (long)time.TotalSeconds;
            (long Unit, string Suffix)[] forms = [.. new (long Unit, string Suffix)[] { (1, ""), (1, "s"), (60, "m"), (3600, "h"), (86400, "d") }.Where(form => seconds % form.Unit == 0)];
            (long unit, string suffix) = forms[random.Next(forms.Length)];
            return $"{seconds / unit}{suffix}";
        }
    }
}
