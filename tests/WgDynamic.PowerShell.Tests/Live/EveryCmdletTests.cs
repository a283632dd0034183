using System.Diagnostics;
using System.Management.Automation;
using System.Net.Sockets;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>What is the same for every cmdlet that asks a daemon.</summary>
public sealed class EveryCmdletTests(Site site) : SiteTests(site)
{
    private static readonly string[] _changing =
        [.. Use.OfDaemons.Where(use => !Surface.ReadingVerbs.Contains(use.Cmdlet.Split('-')[0])).Select(use => use.Cmdlet)];

    /// <summary>All of them.</summary>
    public static TheoryData<string> All => Use.Names(_ => true);

    /// <summary>Those that change something.</summary>
    public static TheoryData<string> Changing => Use.Names(use => _changing.Contains(use.Cmdlet));

    [Theory]
    [MemberData(nameof(Changing))]
    [CoversRows(Aspect.WhatIf, nameof(Changing))]
    public void WhatIf_says_what_would_be_done_and_does_nothing(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        Run(use.Before).Succeeded();
        try
        {
            string before = use.Cmdlet.StartsWith("Start-", StringComparison.Ordinal) ? Sockets() : State();
            Result result = Run($"{use.Cmdlet} -Interface {use.Interface} {use.Arguments} -WhatIf");
            Assert.Empty(result.Succeeded());
            Assert.Contains("What if: ", result.Shown, StringComparison.Ordinal);
            Assert.Contains(use.Interface!, result.Shown, StringComparison.Ordinal);
            Assert.Equal(before, use.Cmdlet.StartsWith("Start-", StringComparison.Ordinal) ? Sockets() : State());
        }
        finally
        {
            Run(use.After).Succeeded();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    [CoversRows(Aspect.Wildcard, nameof(All))]
    public void A_wildcard_that_fits_no_interface_is_silence(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        Run(use.Before).Succeeded();
        try
        {
            Result result = Run($"{cmdlet} -Interface 'wgnone*' {use.Arguments}{(_changing.Contains(cmdlet) ? " -Confirm:$false" : "")}");
            // A test of nothing is not passed.
            Assert.DoesNotContain(result.Succeeded(), item => item?.BaseObject is not false);
        }
        finally
        {
            Run(use.After).Succeeded();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    [CoversRows(Aspect.NotFound, nameof(All))]
    public void An_interface_that_is_not_there_is_an_error_with_a_pinned_identifier_and_what_was_typed(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        Run(use.Before).Succeeded();
        try
        {
            ErrorRecord error = Assert.Single(Run($"{cmdlet} -Interface wgnone {use.Arguments}{(_changing.Contains(cmdlet) ? " -Confirm:$false" : "")}").AllErrors);
            Assert.Equal($"WgInterfaceNotFound,WgDynamic.PowerShell.{cmdlet.Replace("-", "", StringComparison.Ordinal)}Command", error.FullyQualifiedErrorId);
            Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
            Assert.Equal("wgnone", error.TargetObject);
            Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails.RecommendedAction));
            Assert.Contains("wgnone", error.ErrorDetails.Message, StringComparison.Ordinal);
        }
        finally
        {
            Run(use.After).Succeeded();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    [CoversRows(Aspect.Completion, nameof(All))]
    public void Tab_offers_interfaces_within_200_milliseconds(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        Session.Complete($"{cmdlet} -Interface w");
        Stopwatch watch = Stopwatch.StartNew();
        IReadOnlyList<CompletionResult> offers = Session.Complete($"{cmdlet} -Interface w");
        TimeSpan elapsed = watch.Elapsed;
        // An interface that is to be started is one of this machine: the test is on none of the site's.
        if (!cmdlet.StartsWith("Start-", StringComparison.Ordinal))
            Assert.Contains(use.Interface, offers.Select(offer => offer.CompletionText));
        else
            Assert.Contains("lo", Session.Complete($"{cmdlet} -Interface l").Select(offer => offer.CompletionText));
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        Assert.All(Session.Complete($"{cmdlet} -").Select(offer => offer.CompletionText), offer => Assert.StartsWith("-", offer, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    [CoversRows(Aspect.Cancellation, nameof(All))]
    public async Task It_can_be_stopped_while_a_daemon_says_nothing(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        // A daemon that has accepted and then hangs.
        string directory = Directory.CreateTempSubdirectory("wgd-mute-").FullName;
        string path = Path.Combine(directory, $"{use.Interface}.{(use.Interface == "wg0" ? "server" : "client")}.sock");
        using Socket mute = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        mute.Bind(new UnixDomainSocketEndPoint(path));
        mute.Listen(16);
        Session["backup"] = Path.Combine(directory, "file");
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), "SQLite format 3\0", TestContext.Current.CancellationToken);
        string arguments = use.Arguments.Replace("$site/backup-to-restore.db", "$backup", StringComparison.Ordinal);
        PSDataCollection<PSObject> output = [];
        using System.Management.Automation.PowerShell shell = Session.Start(
            $"{cmdlet} -Interface {use.Interface} {arguments} -ControlSocket '{directory}' -ConnectTimeout 60{(_changing.Contains(cmdlet) ? " -Confirm:$false" : "")}", output, out IAsyncResult running);
        Task<Socket> accepted = mute.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        if (await Task.WhenAny(accepted, Task.Run(() => running.AsyncWaitHandle.WaitOne(), TestContext.Current.CancellationToken)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken) != accepted)
            Assert.Fail($"it ended without asking: {string.Join(", ", shell.Streams.Error)}");
        using Socket connection = await accepted;
        Stopwatch watch = Stopwatch.StartNew();
        await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_daemon_that_says_nothing_is_given_up_on_in_time(string cmdlet)
    {
        Use use = Use.Of(cmdlet);
        if (cmdlet.Contains("-WgDynamic", StringComparison.Ordinal) && cmdlet.Split('-')[0] is "Start" or "Restart" or "Test")
            return; // Those run programs besides.
        string directory = Directory.CreateTempSubdirectory("wgd-mute-").FullName;
        using Socket mute = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        mute.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory, $"{use.Interface}.{(use.Interface == "wg0" ? "server" : "client")}.sock")));
        mute.Listen(16);
        File.WriteAllText(Path.Combine(directory, "file"), "SQLite format 3\0");
        Session["backup"] = Path.Combine(directory, "file");
        string arguments = use.Arguments.Replace("$site/backup-to-restore.db", "$backup", StringComparison.Ordinal);
        Run($"{cmdlet} -Interface {use.Interface} {arguments} -ControlSocket '{directory}' -ConnectTimeout 300ms{(_changing.Contains(cmdlet) ? " -Confirm:$false" : "")}").FailedWith("WgControlTimeout");
        Directory.Delete(directory, recursive: true);
    }

    private static string Sockets() => string.Join('\n', Directory.GetFiles("/run/wg-dynamic", "*.sock").Order(StringComparer.Ordinal));
}
