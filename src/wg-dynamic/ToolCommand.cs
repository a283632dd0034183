using System.CommandLine;

namespace WgDynamic.Tool;

/// <summary>The program's command: what it can do, in the order in which its help lists it.</summary>
internal static class ToolCommand
{
    /// <summary>Describes it.</summary>
    /// <param name="terminal">Where its commands write.</param>
    public static RootCommand Create(Terminal terminal)
    {
        ShowCommand show = new(terminal);
        RootCommand root = new("Shows and changes what wg-dynamic-server and wg-dynamic-client do, and brings tunnels up. Alone it is: wg-dynamic show")
        {
            show,
            new LeasesCommand(terminal),
            new RevokeCommand(terminal),
            new ReservationsCommand(terminal),
            new ReserveCommand(terminal),
            new UnreserveCommand(terminal),
            new PoolsCommand(terminal),
            new StatsCommand(terminal),
            new WatchCommand(terminal),
            new HistoryCommand(terminal),
            new MetricsCommand(terminal),
            new ReloadCommand(terminal),
            new BackupCommand(terminal),
            new RestoreCommand(terminal),
            new RenewCommand(terminal),
            new ReleaseCommand(terminal),
            new CheckCommand(terminal),
            QuickCommand.Create(terminal),
        };
        root.SetAction((_, cancellationToken) => show.Parse([]).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }, cancellationToken));
        return root;
    }
}
