using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>What the machine's journal takes from now on, as journalctl(1) follows it.</summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<Entry> _entries = [];
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewSignal();

    public Journal()
    {
        string since = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(new ProcessStartInfo("journalctl", ["--follow", "--no-tail", "--output=json", $"--since=@{since[..^3]}.{since[^3..]}"])
        {
            RedirectStandardOutput = true,
        })!;
        _reading = ReadAsync();
    }

    /// <summary>An entry.</summary>
    /// <param name="Unit">The unit that it is from or about; "" if none is.</param>
    /// <param name="Message">What was said.</param>
    /// <param name="Json">All fields.</param>
    public sealed record Entry(string Unit, string Message, string Json)
    {
        /// <summary>A field's value; null where there is none.</summary>
        public string? this[string field]
        {
            get
            {
                using JsonDocument document = JsonDocument.Parse(Json);
                return document.RootElement.TryGetProperty(field, out JsonElement value) ? value.ToString() : null;
            }
        }
    }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    /// <summary>How many entries there are: what to pass over when waiting for a later one.</summary>
    public int Mark() => Entries.Count;

    /// <summary>Waits for an entry.</summary>
    /// <param name="unit">Whose, such as wg-dynamic-server@wg0; null for anybody's.</param>
    /// <param name="pattern">A regular expression that its message matches.</param>
    /// <param name="from">How many entries to pass over.</param>
    public async Task<Entry> WaitForAsync(string? unit, string pattern, int from = 0)
    {
        using CancellationTokenSource patience = new(Backend.Patience);
        while (true)
        {
            Task changed;
            lock (_entries)
            {
                if (_entries.Skip(from).FirstOrDefault(entry => (unit is null || entry.Unit == unit) && Regex.IsMatch(entry.Message, pattern)) is { } found)
                    return found;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{unit ?? "nobody"} says {(unit is null ? "anything" : "nothing")} like '{pattern}':\n{this}");
            }
        }
    }

    /// <summary>Waits until everything said before is here.</summary>
    public async Task CatchUpAsync()
    {
        string mark = $"caught up {Guid.NewGuid()}";
        await Command.RunAsync("logger", "--tag", "test", mark);
        await WaitForAsync(null, mark);
    }

    /// <summary>All messages of units, for people.</summary>
    public override string ToString() => string.Join('\n', Entries.Where(entry => entry.Unit.Length > 0).Select(entry => $"{entry.Unit}: {entry.Message}"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement fields = document.RootElement;
            // "UNIT" is what systemd itself says about one.
            string unit = Text(fields, "UNIT") is { Length: > 0 } about ? about : Text(fields, "_SYSTEMD_UNIT");
            lock (_entries)
            {
                _entries.Add(new Entry(unit.EndsWith(".service", StringComparison.Ordinal) ? unit[..^8] : unit, Text(fields, "MESSAGE"), line));
                _changed.SetResult();
                _changed = NewSignal();
            }
        }
    }

    private static string Text(JsonElement fields, string name) => fields.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
