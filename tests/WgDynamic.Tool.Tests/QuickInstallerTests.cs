using System.Text.Json;
using WgDynamic.TestKit;

namespace WgDynamic.Tool.Tests;

public sealed class QuickInstallerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wgd-install-").FullName;
    private readonly StringWriter _said = new();

    private string WrapperFile => Path.Combine(_root, "usr/local/bin/wg-quick");

    private string DropInFile => Path.Combine(_root, "etc/systemd/system/wg-quick@.service.d/wg-dynamic.conf");

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        _said.Dispose();
    }

    [Fact]
    public async Task The_wrapper_hands_all_arguments_to_wg_dynamic_and_to_stock_wg_quick_where_that_is_gone()
    {
        string program = Program("wg-dynamic of mine", "echo ours \"$@\"; exit 3"), stock = Program("stock", "printf '<%s>' stock \"$@\"");
        Installer(program).Install(stock);
        InvalidOperationException status = await Assert.ThrowsAsync<InvalidOperationException>(() => Command.RunAsync(WrapperFile, "up", "wg0"));
        Assert.Contains("status 3", status.Message, StringComparison.Ordinal);
        File.Delete(program);
        Assert.Equal("<stock><up><a b><>", await Command.RunAsync(WrapperFile, "up", "a b", ""));
        Assert.True(Wrapper.Is(WrapperFile));
        Assert.Null(StockQuick.Find([Path.GetDirectoryName(WrapperFile)!]));
    }

    [Fact]
    public void The_packages_wrapper_is_the_same()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "WgDynamic.sln")))
            directory = Path.GetDirectoryName(directory)!;
        string file = Path.Combine(directory, "packaging", "wg-quick");
        Assert.Equal(Wrapper.Text("/usr/bin/wg-dynamic", $"{StockQuick.DivertedTo}/wg-quick"), File.ReadAllText(file));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public void Stock_wg_quick_is_the_diverted_one_or_the_first_that_is_not_the_wrapper()
    {
        string wrapper = Program("a/wg-quick", ""), first = Program("b/wg-quick", ""), second = Program("c/wg-quick", "");
        File.WriteAllText(wrapper, Wrapper.Text("/usr/local/bin/wg-dynamic", second));
        Assert.Equal(first, StockQuick.Find(["", "b", Path.Combine(_root, "none"), .. new[] { wrapper, first, second }.Select(file => Path.GetDirectoryName(file)!)])?.Path);
    }

    [Fact]
    public void It_says_each_change_before_it_makes_it_and_changes_nothing_twice()
    {
        string[] before = Everything();
        Installer().Install("/usr/bin/wg-quick");
        Assert.Equal($"[#] write {WrapperFile}\n[#] write {Shell.Quote(DropInFile)}\n", _said.ToString());
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(WrapperFile));
        _said.GetStringBuilder().Clear();
        Installer().Install("/usr/bin/wg-quick");
        Assert.Empty(_said.ToString());

        Installer().Uninstall();
        Assert.Equal(before, Everything());
        Assert.False(Directory.Exists(Path.GetDirectoryName(DropInFile)));
        _said.GetStringBuilder().Clear();
        Installer().Uninstall();
        Assert.Empty(_said.ToString());
    }

    [Fact]
    public void What_is_somebody_elses_is_neither_overwritten_nor_removed_and_nothing_else_is_changed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(WrapperFile)!);
        File.WriteAllText(WrapperFile, "#!/bin/sh\necho mine\n");
        string[] before = Everything();
        Assert.Contains("not from wg-dynamic", Assert.Throws<ToolException>(() => Installer().Install("/usr/bin/wg-quick")).Message, StringComparison.Ordinal);
        Assert.Throws<ToolException>(() => Installer().Uninstall());
        Assert.Equal(before, Everything());

        File.Delete(WrapperFile);
        Directory.CreateDirectory(Path.GetDirectoryName(DropInFile)!);
        File.WriteAllText(DropInFile, "[Service]\n");
        before = Everything();
        Assert.Throws<ToolException>(() => Installer().Install("/usr/bin/wg-quick"));
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Systemd_reads_the_drop_in_over_the_stock_unit_without_a_word()
    {
        const string Unit = "/lib/systemd/system/wg-quick@.service";
        if (!Command.Exists("systemd-analyze") || !File.Exists(Unit))
            Assert.Skip("needs systemd-analyze and the unit of wireguard-tools");
        // Under its own name the wrapper would have to be there.
        string wrapper = Program("wg-quick", "exit 0"), unit = Path.Combine(_root, "wg-quick@wg0.service");
        File.Copy(Unit, unit);
        Directory.CreateDirectory(unit + ".d");
        await File.WriteAllTextAsync(Path.Combine(unit + ".d", "wg-dynamic.conf"), QuickInstaller.DropIn(wrapper), TestContext.Current.CancellationToken);
        string output = await Command.RunAsync("bash", "-c", "systemd-analyze verify --man=no \"$1\" 2>&1 || :", "bash", unit);
        Assert.DoesNotContain(output.Split('\n'), line => line.Contains("wg-dynamic.conf", StringComparison.Ordinal) || line.Contains("wg-quick@", StringComparison.Ordinal));

        await File.WriteAllTextAsync(Path.Combine(unit + ".d", "wg-dynamic.conf"), QuickInstaller.DropIn(wrapper).Replace("ExecStart=", "ExecBegin=", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        output = await Command.RunAsync("bash", "-c", "systemd-analyze verify --man=no \"$1\" 2>&1 || :", "bash", unit);
        Assert.Contains("wg-dynamic.conf", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_drop_in_replaces_each_command_of_the_stock_unit()
    {
        const string Unit = "/lib/systemd/system/wg-quick@.service";
        if (!File.Exists(Unit))
            Assert.Skip("needs the unit of wireguard-tools");
        string[] stock = Commands(File.ReadAllText(Unit)), ours = Commands(QuickInstaller.DropIn("/usr/bin/wg-quick"));
        Assert.Equal(stock, ours.Where(line => !line.EndsWith('=')));
        Assert.Equal(stock.Select(line => line.Split('=')[0] + "="), ours.Where(line => line.EndsWith('=')));

        static string[] Commands(string unit) => [.. unit.Split('\n').Where(line => line.StartsWith("Exec", StringComparison.Ordinal))];
    }

    [Fact]
    public void The_status_tells_what_is_installed_from_what_is_not()
    {
        string stock = Program("usr/bin/wg-quick", "exit 0"), path = "/usr/local/bin:/usr/bin";
        QuickStatus Look() => QuickStatus.Look(_root, path);
        Assert.Equivalent(new QuickStatus(Wrapper: false, DropIn: false, Diverted: false, stock, stock, IsOurs: false, []), Look(), strict: true);
        Assert.Contains($"wg-quick: {stock}, which does not understand auto: wg-dynamic quick install", Look().Lines());

        Installer().Install("/usr/bin/wg-quick");
        Assert.Equivalent(new QuickStatus(Wrapper: true, DropIn: true, Diverted: false, WrapperFile, stock, IsOurs: true, []), Look(), strict: true);
        Assert.Equal([$"wg-quick: {WrapperFile}, which understands auto", $"distribution's: {stock}", "wrapper: installed", "drop-in for wg-quick@.service: installed", "diverted by the Debian package: no"], Look().Lines());

        // Whose PATH has the distribution's first does not get the wrapper.
        path = "/usr/bin:/usr/local/bin";
        Assert.Equivalent(new QuickStatus(Wrapper: true, DropIn: true, Diverted: false, stock, stock, IsOurs: false, []), Look(), strict: true);
        Installer().Uninstall();
        Assert.Equivalent(new QuickStatus(Wrapper: false, DropIn: false, Diverted: false, stock, stock, IsOurs: false, []), Look(), strict: true);
    }

    [Fact]
    public void The_status_knows_the_package_by_what_it_diverts()
    {
        string diverted = Program($"{StockQuick.DivertedTo.TrimStart('/')}/wg-quick", "exit 0"), plain = Path.Combine(_root, "usr/bin/wg-quick");
        Directory.CreateDirectory(Path.GetDirectoryName(plain)!);
        File.WriteAllText(plain, Wrapper.Text("/usr/bin/wg-dynamic", diverted));
        QuickStatus status = QuickStatus.Look(_root, null);
        Assert.Equivalent(new QuickStatus(Wrapper: false, DropIn: false, Diverted: true, plain, diverted, IsOurs: true, []), status, strict: true);
        Assert.Contains("diverted by the Debian package: yes", status.Lines());
    }

    [Fact]
    public void The_status_names_what_is_somebody_elses_where_ours_would_be_and_that_there_is_no_wg_quick()
    {
        Assert.Equivalent(new QuickStatus(Wrapper: false, DropIn: false, Diverted: false, null, null, IsOurs: false, []), QuickStatus.Look(_root, null), strict: true);
        Assert.Contains("wg-quick: there is none in PATH", QuickStatus.Look(_root, null).Lines());

        string other = Program("usr/local/bin/wg-quick", "exit 0");
        Directory.CreateDirectory(Path.GetDirectoryName(DropInFile)!);
        File.WriteAllText(DropInFile, "[Service]\n");
        QuickStatus status = QuickStatus.Look(_root, null);
        Assert.Equal((false, false, false), (status.Wrapper, status.DropIn, status.IsOurs));
        Assert.Equal([other, DropInFile], status.InTheWay);
        Assert.Contains($"not from wg-dynamic: {DropInFile}", status.Lines());
        using JsonDocument json = JsonDocument.Parse(status.Json());
        Assert.Equal([other, DropInFile], json.RootElement.GetProperty("inTheWay").EnumerateArray().Select(file => file.GetString()));
    }

    private QuickInstaller Installer(string program = "/usr/local/bin/wg-dynamic") => new(_root, program, _said);

    private string Program(string name, string script)
    {
        string file = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return file;
    }

    private string[] Everything() => [.. Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file}: {File.ReadAllText(file)}")];
}
