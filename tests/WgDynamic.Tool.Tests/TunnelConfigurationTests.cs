using System.Text;
using CsCheck;
using WgDynamic.TestKit;

namespace WgDynamic.Tool.Tests;

public class TunnelConfigurationTests
{
    [Theory]
    [InlineData("Address = fe80::1/128, auto", "Address = fe80::1/128")]
    [InlineData("Address = auto, fe80::1/128", "Address = fe80::1/128")]
    [InlineData("Address = fe80::1/128, auto, 10.0.0.2/32", "Address = fe80::1/128, 10.0.0.2/32")]
    [InlineData("Address = fe80::1/128 auto 10.0.0.2/32", "Address = fe80::1/128 10.0.0.2/32")]
    [InlineData("\taDDRESS=auto,fe80::1/128 # auto", "\taDDRESS=fe80::1/128 # auto")]
    [InlineData("Address = fe80::1/128,auto,AUTO\r", "Address = fe80::1/128\r")]
    [InlineData("Address = auto # by the server", "Address =  # by the server")]
    public void Auto_goes_and_the_rest_of_its_line_stays(string line, string expected)
    {
        TunnelConfiguration configuration = Read($"# mine\n[Interface]\n{line}\n[Peer]");
        Assert.True(configuration.HasAuto);
        Assert.Equal($"# mine\n[Interface]\n{expected}\n[Peer]", Text(configuration.ForWgQuick(null)));
    }

    [Theory]
    [InlineData("[Interface]\nAddress = fe80::1/128 # auto")]
    [InlineData("[Interface]\nAddress = autos, fe80::auto")]
    [InlineData("[Interface]\nTable = auto\n[Peer]\nAddress = auto")]
    [InlineData("Address = auto\n[Interfaces]\nAddress = auto")]
    [InlineData("[Interface]\nauto = Address\nauto\nAddress")]
    [InlineData("")]
    public void What_is_no_address_auto_of_the_interface_does_not_count(string text) => Assert.False(Read(text).HasAuto);

    [Fact]
    public void The_hook_comes_behind_the_persons_own_and_inside_the_section()
    {
        const string Text1 = "[Interface]\nPostUp = a\nAddress = fe80::1/128, auto\nPrivateKey = k\n[Peer]\nPostUp = b";
        Assert.Equal(
            "[Interface]\nPostUp = a\nAddress = fe80::1/128\nPostUp = client é\nPrivateKey = k\n[Peer]\nPostUp = b",
            Encoding.UTF8.GetString(Read(Text1).ForWgQuick("client é")));
        Assert.Equal(
            "[Interface]\nAddress = fe80::1/128\n[Peer]\n[interface]\npostup=a\nPostUp = client\nMTU = 1300",
            Text(Read("[Interface]\nAddress = fe80::1/128, auto\n[Peer]\n[interface]\npostup=a\nMTU = 1300").ForWgQuick("client")));
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_as_they_are()
    {
        byte[] content = [.. "[Interface]\nPostUp = echo \""u8, 0xff, 0xc3, 0x28, 0x85, 0xa0, .. "\"\nAddress = auto"u8];
        byte[] rewritten = TunnelConfiguration.Read(content).ForWgQuick(null);
        Assert.Equal(content[..^4], rewritten);
    }

    // The real parser says what a configuration means: of any file, without auto and with the hook, it must be the same but for these two.
    [Fact]
    public async Task Stock_wg_quick_reads_the_rewritten_file_as_it_reads_the_file_but_for_auto_and_the_hook()
    {
        if (!File.Exists("/usr/bin/wg-quick") || !Command.Exists("bash"))
            Assert.Skip("needs wg-quick of wireguard-tools, in /usr/bin");
        List<string> texts = [];
        Configurations.Sample(text => texts.Add(text), iter: 300, threads: 1);
        string directory = Directory.CreateTempSubdirectory("wgd-quick-").FullName;
        try
        {
            for (int i = 0; i < texts.Count; i++)
            {
                byte[] content = Encoding.UTF8.GetBytes(texts[i]);
                TunnelConfiguration configuration = TunnelConfiguration.Read(content);
                await WriteAsync($"{i}/before", content);
                await WriteAsync($"{i}/after", configuration.HasAuto ? configuration.ForWgQuick("the hook") : content);
            }

            string[] before = await ParseAsync(directory, "before"), after = await ParseAsync(directory, "after");
            for (int i = 0; i < texts.Count; i++)
            {
                string[] lines = before[i].Split('\n');
                bool hasAuto = lines.Any(line => line.StartsWith("address ", StringComparison.Ordinal) && TunnelConfiguration.IsAuto(line[8..]));
                IEnumerable<string> expected = lines
                    .Where(line => !(line.StartsWith("address ", StringComparison.Ordinal) && TunnelConfiguration.IsAuto(line[8..])))
                    .SelectMany(line => hasAuto && line == "end of post-up" ? ["post-up the hook", line] : new[] { line });
                Assert.True(expected.SequenceEqual(after[i].Split('\n')), $"of\n{texts[i]}\nwg-quick reads\n{before[i]}\nand of the rewritten one\n{after[i]}");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        async Task WriteAsync(string name, byte[] content)
        {
            string file = Path.Combine(directory, name, "wg0.conf");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content);
        }
    }

    private static Gen<string> Configurations
    {
        get
        {
            Gen<string> space = OneOf("", " ", "  ", "\t", " \t", "\v", "\r");
            Gen<string> key = OneOf("Address", "ADDRESS", "address", "Addres", "MTU", "DNS", "PostUp", "postUP", "PreUp", "PreDown", "PostDown", "Table", "PrivateKey", "PublicKey", "[Interface]", "[Peer]", "auto", "");
            Gen<string> word = OneOf("auto", "AUTO", "Auto", "autos", "fe80::1/128", "10.0.0.2/32", "x", "#auto", "a=b", "");
            Gen<string> separator = OneOf(",", ", ", " ", ",,", " , ", "\t", "");
            Gen<string> value = Gen.Select(word, separator).Array[0, 5].Select(parts => string.Concat(parts.Select(part => part.Item1 + part.Item2)));
            Gen<string> setting = Gen.Select(space, key, space, space, value, space, (a, name, b, c, text, d) => $"{a}{name}{b}={c}{text}{d}");
            Gen<string> line = Gen.Frequency(
                (8, setting),
                (2, OneOf("[Interface]", "[interface]\r", " [Interface] # here", "[Interface]x", "Address = fe80::1/128, auto")),
                (1, OneOf("[Peer]", "# auto", "", "Address", "\r")));
            return Gen.Select(line.Array[0, 12], OneOf("", "\n"), (lines, end) => "[Interface]\n" + string.Join('\n', lines) + end);
        }
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    // parse_options() as it is in the program, and what has come of it, a line a value.
    private static async Task<string[]> ParseAsync(string directory, string which)
    {
        const string Script = """
            set -e -o pipefail -f
            shopt -s extglob
            export LC_ALL=C
            functions=$(sed -n '/^parse_options() {/,/^}/p; /^read_bool() {/,/^}/p; /^die() {/,/^}/p' /usr/bin/wg-quick)
            eval "$functions"
            cd "$1"
            for ((i = 0; i < $3; i++)); do
                WG_CONFIG="" INTERFACE="" MTU="" TABLE="" SAVE_CONFIG=0 CONFIG_FILE=""
                ADDRESSES=() DNS=() DNS_SEARCH=() PRE_UP=() POST_UP=() PRE_DOWN=() POST_DOWN=()
                parse_options "$i/$2/wg0.conf" 2>/dev/null
                [[ ${#ADDRESSES[@]} -eq 0 ]] || printf 'address %s\n' "${ADDRESSES[@]}"
                printf 'mtu %s, table %s\n' "$MTU" "$TABLE"
                printf 'dns %s\n' "${DNS[*]}/${DNS_SEARCH[*]}"
                printf 'hooks <%s>\n' "${PRE_UP[@]}" - "${PRE_DOWN[@]}" - "${POST_DOWN[@]}"
                [[ ${#POST_UP[@]} -eq 0 ]] || printf 'post-up %s\n' "${POST_UP[@]}"
                printf 'end of post-up\n%s\0' "$WG_CONFIG"
            done
            """;
        int count = Directory.GetDirectories(directory).Length;
        return (await Command.RunAsync("bash", "-c", Script, "bash", directory, which, $"{count}")).Split('\0')[..count];
    }

    private static TunnelConfiguration Read(string text) => TunnelConfiguration.Read(Encoding.UTF8.GetBytes(text));

    private static string Text(byte[] content) => Encoding.UTF8.GetString(content);
}
