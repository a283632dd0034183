using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>Get-WgEvent and Watch-WgEvent.</summary>
public sealed class EventCmdletTests(Site site) : SiteTests(site)
{
    [Fact]
    [Covers("Get-WgEvent", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Get_gives_what_happened_lately()
    {
        Assert.Equal(4, Run("Get-WgEvent -Interface wg0 -EventType Granted").Succeeded().Count);
        Assert.Equal([Site.Laptop, Site.Laptop], Run("Get-WgEvent wg0 -EventType Granted -PublicKey $laptop").Texts("PublicKey"));
        long[] sequence = [.. Run("Get-WgEvent wg0").Texts("Sequence").Select(long.Parse)];
        Assert.Equal(sequence.Order(), sequence);
        Assert.Equal(sequence[^1], long.Parse(Run("Get-WgEvent wg0 -Newest 1").Texts("Sequence")[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(sequence[2..], Run($"Get-WgEvent wg0 -After {sequence[1]}").Texts("Sequence").Select(long.Parse));
        Assert.Equal(4, Run("Get-WgDynamicServer wg0 | Get-WgEvent -EventType Granted").Succeeded().Count);
        Assert.Equal(4, Run("[pscustomobject]@{ InterfaceAlias = 'wg0' } | Get-WgEvent -EventType Granted").Succeeded().Count);
        Assert.Equal(4, Run("Get-WgEvent -Interface wg[0] -EventType Granted").Succeeded().Count);
        Assert.All(Run("Get-WgEvent wg0").Succeeded(), item => Assert.IsType<DateTime>(item.Properties["Time"].Value));
    }

    [Fact]
    [Covers("Watch-WgEvent", Aspect.Parameter, Aspect.Wildcard)]
    public async Task Watch_gives_events_as_they_happen_and_ends_after_as_many_as_were_wanted()
    {
        using Session watching = new();
        PSDataCollection<PSObject> output = [];
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously), renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        output.DataAdded += (_, added) =>
        {
            string type = $"{output[added.Index].Properties["EventType"].Value}";
            _ = type == "Current" ? begun.TrySetResult() : renewed.TrySetResult();
        };
        using System.Management.Automation.PowerShell shell = watching.Start($"Watch-WgEvent -Interface wg0 -EventType Renewed -PublicKey '{Site.Laptop}' -IncludeCurrent -MaxEvents 3 -Timeout 60", output, out IAsyncResult running);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Run("Update-WgLease -Interface wg1 -Wait").Succeeded();
        await renewed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Task.Run(() => shell.EndInvoke(running), TestContext.Current.CancellationToken);
        Assert.Empty(shell.Streams.Error);
        Assert.Equal(3, output.Count);
        Assert.Equal(["Current", "Current", "Renewed"], output.Select(item => $"{item.Properties["EventType"].Value}"));
    }

    [Fact]
    [Covers("Watch-WgEvent", Aspect.Pipe, Aspect.PropertyName)]
    public void Watch_ends_in_time_and_takes_interfaces_from_objects()
    {
        Assert.Equal(4, Run("Get-WgDynamicServer wg0 | Watch-WgEvent -IncludeCurrent -EventType Granted -Timeout 500ms").Succeeded().Count);
        Assert.Equal(4, Run("[pscustomobject]@{ Interface = 'wg0' } | Watch-WgEvent -IncludeCurrent -EventType Granted -MaxEvents 4").Succeeded().Count);
        Assert.Empty(Run("Watch-WgEvent -Interface wg0 -EventType Malformed -Timeout 200ms").Succeeded());
    }

    [Fact]
    [Covers("Watch-WgEvent", Aspect.Cancellation)]
    public async Task Watch_can_be_stopped_while_nothing_happens()
    {
        PSDataCollection<PSObject> output = [];
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        output.DataAdded += (_, _) => begun.TrySetResult();
        using System.Management.Automation.PowerShell shell = Session.Start("Watch-WgEvent -Interface wg0 -IncludeCurrent", output, out _);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    [Covers("Get-WgEvent", Aspect.Completion)]
    [Covers("Watch-WgEvent", Aspect.Completion)]
    public void Tab_offers_types_of_events()
    {
        Assert.Equal(["Granted"], Session.Complete("Get-WgEvent -EventType G").Select(offer => offer.CompletionText));
        Assert.Equal(["LinkChanged"], Session.Complete("Watch-WgEvent -EventType Li").Select(offer => offer.CompletionText));
    }
}
