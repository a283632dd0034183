using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Storage;

namespace WgDynamic.Server;

/// <summary>What an operator does with the lease database by the server's own executable: check, back up, restore, look up.</summary>
internal static class DatabaseCommands
{
    private const int WrongArguments = 1;
    private const string Remedy = "if the server refuses it, --restore FILE puts a backup in its place, or move it away to start anew, with most peers getting the addresses that they had";

    /// <summary>Runs a command; what cannot be done is a line on standard error and an exit code.</summary>
    /// <param name="command">What to do; gives the exit code.</param>
    public static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception error) when (error is LeaseStoreException or StartupException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"wg-dynamic-server: {error.Message}");
            return DaemonHost.Failure;
        }
    }

    /// <summary><c>--check-database</c></summary>
    /// <param name="path">The database.</param>
    /// <param name="noted">An end of the history from the log, to compare with; null for none.</param>
    /// <param name="output">Takes a line for each problem, and a summary.</param>
    public static int Check(string path, HistoryHead? noted, TextWriter output)
    {
        DatabaseReport report = LeaseDatabase.Check(path, noted);
        foreach (string problem in report.Problems)
            output.WriteLine($"{path}: {problem}");
        if (report.Head != default)
            output.WriteLine($"{path}: {report.ActiveLeases} active leases, {report.EndedLeases} ended ones, {report.HistoryRows} rows of history, head {report.Head}");
        output.WriteLine(report.Problems.Count switch
        {
            0 => "no problems",
            1 => $"1 problem; {Remedy}",
            _ => $"{report.Problems.Count} problems; {Remedy}",
        });
        return report.Problems.Count == 0 ? 0 : DaemonHost.Failure;
    }

    /// <summary><c>--backup</c></summary>
    public static int Backup(string path, string target, TextWriter output)
    {
        LeaseDatabase.Backup(path, target);
        output.WriteLine($"{path} is copied to {target}");
        return 0;
    }

    /// <summary><c>--restore</c>; refused while a server has the interface.</summary>
    public static int Restore(string path, string source, string runtimeDirectory, InterfaceName name, TextWriter output)
    {
        using InstanceLock? instance = InstanceLock.TryTake(runtimeDirectory, name, "server", SharedFile.TryLock);
        if (instance is null)
            throw new StartupException($"{name} has a server; end it before its database is replaced");
        string? former = LeaseDatabase.Restore(source, path, TimeProvider.System.GetUtcNow());
        SharedFile.MakeForOwnerOfDirectory(path);
        output.WriteLine($"{path} is what {source} was{(former is null ? "" : $"; the former one is {former}")}");
        return 0;
    }

    /// <summary><c>--history</c>: who had an address, all of them or at a time.</summary>
    /// <param name="path">The database; a server may be using it.</param>
    /// <param name="address">The address.</param>
    /// <param name="at">A time, as <see cref="TryParseTime"/> gives it; null for all.</param>
    /// <param name="asJson">One object a line, for programs.</param>
    /// <param name="output">Takes the lines.</param>
    public static int History(string path, IpAddress address, DateTimeOffset? at, bool asJson, TextWriter output)
    {
        using LeaseHistory history = LeaseHistory.Open(path);
        IReadOnlyList<HistoryEntry> entries = at is not { } time ? history.Of(address) : history.HolderAt(address, time) is { } holder ? [holder] : [];
        foreach (HistoryEntry entry in entries)
        {
            output.WriteLine(asJson
                ? JsonSerializer.Serialize(new ReportedHolder($"{entry.Address}", $"{entry.Peer}", entry.Start, entry.End, $"{entry.State}", entry.Hostname), HistoryContext.Default.ReportedHolder)
                : string.Create(CultureInfo.InvariantCulture, $"{entry.Address}  {entry.Peer}  {entry.Start:u} - {(entry.End is { } end ? $"{end:u}" : "now"),-20}  {entry.State}{(entry.Hostname is { } host ? $"  {host}" : "")}"));
        }

        if (entries.Count == 0 && !asJson)
            output.WriteLine(at is null ? $"nothing is known of {address}" : $"nobody had {address} then, as far as is known");
        return entries.Count == 0 ? WrongArguments : 0;
    }

    /// <summary>A time as people write it: <c>2026-11-04 03:12</c> in this machine's time zone, or with one, as <c>2026-11-04T03:12Z</c>.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AllowWhiteSpaces, out time);
}

internal sealed record ReportedHolder(string Address, string Peer, DateTimeOffset Start, DateTimeOffset? End, string State, string? Hostname);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportedHolder))]
internal sealed partial class HistoryContext : JsonSerializerContext;
