using System.Diagnostics;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>A hub with a server for wg0, and clients with leases on wg1 (laptop) and wg2 (phone): what eng/site.sh makes. A class of tests has one to itself.</summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private Process? _process;

    /// <summary>Where its files are; see eng/site.sh.</summary>
    public string Directory { get; private set; } = "";

    /// <summary>The laptop's public key.</summary>
    public string Laptop => File.ReadAllText(Path.Combine(Directory, "key.laptop")).Trim();

    /// <summary>The phone's public key.</summary>
    public string Phone => File.ReadAllText(Path.Combine(Directory, "key.phone")).Trim();

    /// <summary>Addresses of the pool that nobody has leased.</summary>
    public IReadOnlyList<string> Free { get; private set; } = [];

    /// <summary>Runs a program in the hub's namespace.</summary>
    public static Task<string> InHubAsync(params string[] command) => TestKit.Command.RunAsync("ip", ["netns", "exec", "hub", .. command]);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // /run, the namespaces' names and the interfaces' are this process's only where eng/test.sh runs it.
        if (Environment.GetEnvironmentVariable("WGDYNAMIC_PUBLISH") is null)
            return;
        _process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "eng", "site.sh"), ["--inside", "600", "bash", "-c", "echo \"$WGDYNAMIC_SITE\"; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Directory = await _process.StandardOutput.ReadLineAsync().WaitAsync(_patience)
            ?? throw new InvalidOperationException($"eng/site.sh: {await _process.StandardError.ReadToEndAsync()}");
        string allowed = await InHubAsync("wg", "show", "wg0", "allowed-ips");
        Free = [.. Enumerable.Range(5, 9).Select(last => $"10.66.0.{last}").Where(address => !allowed.Contains($" {address}/32", StringComparison.Ordinal)).Take(3)];
        Environment.SetEnvironmentVariable("WGDYNAMIC_SITE", Directory);
        Environment.SetEnvironmentVariable("WGDYNAMIC_BIN", Path.Combine(Directory, "bin"));
    }

    /// <summary>Ends a test that cannot run here, with the reason.</summary>
    public void Require()
    {
        if (_process is null)
            Assert.Skip("needs the namespaces and the native executables that eng/test.sh makes");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(_patience);
        _process.Dispose();
    }
}

/// <summary>The sites have the same names, so there is one at a time.</summary>
[CollectionDefinition(nameof(Hub), DisableParallelization = true)]
public sealed class Hub;

/// <summary>A session at a site; what tests of cmdlets begin with.</summary>
[Collection(nameof(Hub))]
[Trait("needs", "daemons")]
public abstract class SiteTests : IClassFixture<Site>, IDisposable
{
    /// <summary>Opens the session.</summary>
    protected SiteTests(Site site)
    {
        site.Require();
        Site = site;
        Session["laptop"] = site.Laptop;
        Session["phone"] = site.Phone;
        Session["site"] = site.Directory;
        Session["free"] = site.Free[0];
        Session["free2"] = site.Free[1];
    }

    /// <summary>The hub and its clients.</summary>
    protected Site Site { get; }

    internal Session Session { get; } = new();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Session.Dispose();
        GC.SuppressFinalize(this);
    }

    internal Result Run(string script) => Session.Run(script);

    /// <summary>What there is, in words that do not change by themselves: two of these are equal if nothing was changed in between.</summary>
    protected string State() => string.Join('\n', Run("""
        Get-WgLease -Interface wg0 | ForEach-Object { "lease $($_.IPAddress) $($_.PublicKey) $($_.State) $($_.Reserved)" }
        Get-WgReservation -Interface wg0 | ForEach-Object { "reservation $($_.IPAddress) $($_.PublicKey) $($_.LeaseDuration) $($_.Description)" }
        Get-WgPool -Interface wg0 | ForEach-Object { "pool $($_.Prefix) $($_.Name) $($_.Enabled) $($_.LeaseDuration)" }
        Get-WgPoolExclusion -Interface wg0 | ForEach-Object { "exclusion $($_.Prefix) $($_.Origin)" }
        Get-WgDynamicServer -Interface wg0 | ForEach-Object { "server $($_.ProcessId)" }
        Get-WgDynamicClient -Interface wg* | ForEach-Object { "client $($_.Interface) $($_.ProcessId)" }
        Get-WgDynamicServerStatistics -Interface wg0 | ForEach-Object { "statistics $($_.Since.Ticks)" }
        Get-ChildItem $site, $site/bin | Sort-Object FullName | Where-Object Name -NotLike 'leases.db*' | Where-Object Name -NotLike '*.log' | ForEach-Object { "$($_.Name) $($_.Length)" }
        """).Succeeded());
}
