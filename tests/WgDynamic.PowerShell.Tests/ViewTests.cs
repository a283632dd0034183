using System.Runtime.CompilerServices;
using WgDynamic.Architecture.Tests;
using WgDynamic.Control;
using Daemon = WgDynamic.Control.Tests.Daemon;

namespace WgDynamic.PowerShell.Tests;

/// <summary>What users see of the objects: compared with the files in Views, on a terminal of 80 columns.</summary>
public sealed class ViewTests : IAsyncDisposable
{
    private readonly Daemon _daemon = new(Answers.HandleAsync);
    private readonly Session _session = new();

    /// <summary>Views by the name of their file.</summary>
    public static TheoryData<string, string> Views => new()
    {
        { "lease.table", "Get-WgLease" },
        { "lease.list", "Get-WgLease | Select-Object -First 1 | Format-List" },
        { "reservation.table", "Get-WgReservation" },
        { "reservation.list", "Get-WgReservation | Select-Object -First 1 | Format-List" },
        { "pool.table", "Get-WgPool" },
        { "pool.wide", "Get-WgPool | Format-Wide" },
        { "pool.list", "Get-WgPool | Select-Object -First 1 | Format-List" },
        { "exclusion.table", "Get-WgPoolExclusion" },
        { "poolstatistics.table", "Get-WgPoolStatistics" },
        { "server.table", "Get-WgDynamicServer | Format-Table" },
        { "server", "Get-WgDynamicServer" },
        { "statistics", "Get-WgDynamicServerStatistics" },
        { "event.table", "Get-WgEvent" },
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _daemon.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void What_is_shown_fits_80_columns_and_is_what_was_approved(string name, string script)
    {
        string cmdlet = script.Split(' ')[0];
        string shown = _session.View($"{cmdlet} -ControlSocket '{_daemon.Folder}' {script[cmdlet.Length..]}");
        Assert.All(shown.Split('\n'), line => Assert.True(line.Length <= 80, $"{line.Length} columns: {line}"));
        string file = Path.Combine(Repository.Root, "tests", "WgDynamic.PowerShell.Tests", "Views", name + ".txt");
        // To approve what has changed: run with this set, and look at the difference.
        if (Environment.GetEnvironmentVariable("WGDYNAMIC_APPROVE_VIEWS") == "1")
            File.WriteAllText(file, shown + "\n");
        Assert.Equal(File.ReadAllText(file), shown + "\n");
    }

    [Fact]
    public void Keys_are_short_in_tables_only() =>
        Assert.Contains("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", _session.View($"Get-WgLease -ControlSocket '{_daemon.Folder}' | Select-Object -First 1 | Format-List"), StringComparison.Ordinal);

    [Fact]
    public async Task A_daemon_of_another_version_is_told_by_an_error_of_its_own()
    {
        await using Daemon other = new(Answers.HandleAsync, Daemon.Hello with { Version = ControlProtocol.Version + 1 });
        _session.Run($"Get-WgLease -ControlSocket '{other.Path}'").FailedWith("WgVersionMismatch");
    }

    [Fact]
    public async Task A_daemon_that_goes_in_the_middle_ends_the_pipeline_and_one_that_refuses_does_not()
    {
        await using Daemon gone = new((_, _) => throw new IOException("gone"));
        Result result = _session.Run($"Get-WgLease -ControlSocket '{gone.Path}'; 'and on'");
        Assert.Equal("WgControlProtocolError", result.AllErrors[0].FullyQualifiedErrorId.Split(',')[0]);
        await using Daemon refusing = new((_, _) => throw new ControlException(ControlError.AccessDenied, "you may look, but not change anything", "be root"));
        result = _session.Run($"Get-WgLease -ControlSocket '{refusing.Path}'; 'and on'");
        Assert.Equal("WgControlAccessDenied", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Single(result.Output);
    }

    /// <summary>Times are shown as local ones, and a file knows only one place.</summary>
    [ModuleInitializer]
    internal static void LiveInGreenwich()
    {
        Environment.SetEnvironmentVariable("TZ", "UTC");
        TimeZoneInfo.ClearCachedData();
    }
}
