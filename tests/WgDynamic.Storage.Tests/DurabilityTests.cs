using System.Diagnostics;
using System.Text.RegularExpressions;
using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_that_is_opened_again_has_all_and_knows_another_boot()
    {
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
            await store.CommitAsync(5, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        foreach (string boot in (string[])[Leases.Boot, "another"])
        {
            await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, boot);
            StoredLeases stored = await store.LoadAsync(Leases.Cancelled);
            Assert.Equal([Leases.Active(Leases.Seven, Leases.Alice, 0)], stored.Records);
            Assert.Equal((boot == Leases.Boot, Leases.Time(5)), (stored.SameBoot, stored.LastCommit));
            Assert.Single(store.History(Leases.Seven));
        }
    }

    [Fact]
    public async Task Files_are_for_their_owner_only_and_so_is_a_directory_that_was_made_for_them()
    {
        string path = Path.Combine(_folder["made"], "wg0.db");
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(path, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["made"]));
        Assert.Equal(["wg0.db", "wg0.db-shm", "wg0.db-wal"], Directory.EnumerateFiles(_folder["made"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(_folder["made"]), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task What_was_committed_survives_a_killed_process()
    {
        uint next = 0;
        Random random = new(1);
        for (int round = 0; round < 20; round++)
        {
            uint told = await RunAndKillAsync(next, random.Next(40));
            await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, "boot");
            LeaseRecord[] records = await store.RecordsAsync();
            // Whole batches, all that was told, and at most the one more that was being told of.
            Assert.InRange(records.Length, (int)told, (int)told + 10);
            Assert.Equal(0, records.Length % 10);
            Assert.Equal(Enumerable.Range(0, records.Length).Select(number => (UInt128)number), records.Select(record => record.Address.Bits));
            Assert.Equal(records.Length, store.Head.Sequence);
            next = (uint)records.Length;
        }

        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
    }

    [Fact]
    public async Task What_is_said_to_be_done_is_on_the_disk_with_the_names_of_its_files()
    {
        string path = Path.Combine(_folder["made"], "wg0.db"), trace = _folder["trace"];
        string[] calls = ["fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "write"];
        try
        {
            _ = await TestKit.Command.RunAsync(
                "strace", "-f", "-y", "-s", "20", "-e", $"trace={string.Join(',', calls)}", "-e", "signal=none", "-o", trace, Path.Combine(AppContext.BaseDirectory, "WgDynamic.Storage.Host"), path);
        }
        catch (Exception error) when (!File.Exists(trace) || new FileInfo(trace).Length == 0)
        {
            Assert.Skip($"needs strace, which says: {error.Message}");
        }

        // Up to each word of the host, what it has done since the one before.
        Dictionary<string, List<string>> done = [];
        List<string> lines = [];
        foreach (string line in await File.ReadAllLinesAsync(trace, Leases.Cancelled))
        {
            if (Regex.Match(line, @"write\(\d+<.*""(made|committed|rebuilt|backed up|restored)\\n""") is not { Success: true } said)
            {
                lines.Add(line);
                continue;
            }

            done[said.Groups[1].Value] = lines;
            lines = [];
        }

        string directory = Path.GetDirectoryName(path)!;
        Assert.Equal(["made", "committed", "rebuilt", "backed up", "restored"], done.Keys);
        Assert.True(Synced(done["made"], _folder.Path) >= 0, "the directory above the one that was made");
        Assert.True(Synced(done["made"], directory) >= 0, "the directory of the new file");
        Assert.True(Synced(done["committed"], $"{path}-wal") >= 0, "the log");
        foreach ((string word, string unfinished) in (ReadOnlySpan<(string, string)>)[("rebuilt", $"{path}.new"), ("backed up", $"{path}.backup.new"), ("restored", $"{path}.new")])
        {
            int placed = done[word].FindLastIndex(line => Regex.IsMatch(line, $"rename.*\"{Regex.Escape(unfinished)}\""));
            Assert.True(placed >= 0, word);
            Assert.InRange(Synced(done[word], unfinished), 0, placed);
            Assert.True(Synced(done[word], directory) > placed, $"the directory behind the last renaming until {word}");
        }

        // What is kept of the former database is whole before that goes.
        Assert.True(Synced(done["restored"], $"{path}.before-restore-19700101T000000Z") >= 0);

        static int Synced(List<string> lines, string path) => lines.FindLastIndex(line => Regex.IsMatch(line, $@"f(data)?sync\(\d+<{Regex.Escape(path)}>\) += 0"));
    }

    [Fact]
    public async Task A_log_that_a_loss_of_power_has_cut_anywhere_has_every_commit_before_the_cut()
    {
        Random random = new(3);
        List<(long Length, int Records)> commits = [];
        byte[] database, log;
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
        {
            for (int i = 0; i < 40; i++)
            {
                int count = random.Next(1, 30);
                int first = commits.Count == 0 ? 0 : commits[^1].Records;
                await store.CommitAsync(i, [.. Enumerable.Range(first, count).Select(number => Leases.Grant(Leases.Ip(number), Leases.Peer(number), i))]);
                commits.Add((new FileInfo(_folder.Database + "-wal").Length, first + count));
            }

            // By another process: closing the files here would end SQLite's locks.
            _ = await TestKit.Command.RunAsync("cp", _folder.Database, _folder["then"]);
            _ = await TestKit.Command.RunAsync("cp", _folder.Database + "-wal", _folder["then-wal"]);
            database = await File.ReadAllBytesAsync(_folder["then"], Leases.Cancelled);
            log = await File.ReadAllBytesAsync(_folder["then-wal"], Leases.Cancelled);
        }

        Assert.Equal(commits[^1].Length, log.Length);
        const int header = 32, frame = 24 + 4096;
        int[] boundaries = [.. Enumerable.Range(0, ((log.Length - header) / frame) + 1).Select(number => header + (number * frame))];
        int[] cuts = [.. boundaries.Where(_ => random.Next(3) == 0), .. commits.Select(commit => (int)commit.Length), .. Enumerable.Range(0, 60).Select(_ => random.Next((int)commits[0].Length, log.Length))];
        foreach (int cut in cuts.Where(cut => cut >= commits[0].Length))
        {
            // What was on its way to the disk is there in part, not at all, or as something else.
            byte[] tail = new byte[random.Next(3) == 0 ? 0 : random.Next(2 * frame)];
            if (random.Next(2) == 0)
                random.NextBytes(tail);
            StoreFile.Remove(_folder["cut.db"]);
            await File.WriteAllBytesAsync(_folder["cut.db"], database, Leases.Cancelled);
            await File.WriteAllBytesAsync(_folder["cut.db-wal"], [.. log[..cut], .. tail], Leases.Cancelled);
            await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder["cut.db"], Leases.Boot);
            int expected = commits.Last(commit => commit.Length <= cut).Records;
            Assert.Equal(Enumerable.Range(0, expected).Select(Leases.Ip), (await store.RecordsAsync()).Select(record => record.Address));
            Assert.Equal(expected, store.Head.Sequence);
            Assert.Empty(LeaseDatabase.Check(_folder["cut.db"]).Problems);
        }
    }

    // After so many batches, in the middle of whatever it does then.
    private async Task<uint> RunAndKillAsync(uint first, int batches)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "WgDynamic.Storage.Host"), [_folder.Database, $"{first}"])
        { RedirectStandardOutput = true })!;
        uint told = first;
        for (int i = 0; i < batches; i++)
            told = uint.Parse((await process.StandardOutput.ReadLineAsync(Leases.Cancelled))!);
        process.Kill();
        // What it said before it died counts.
        while (await process.StandardOutput.ReadLineAsync(Leases.Cancelled) is { } line)
            told = uint.TryParse(line, out uint number) && number > told ? number : told;
        await process.WaitForExitAsync(Leases.Cancelled);
        return told;
    }
}
