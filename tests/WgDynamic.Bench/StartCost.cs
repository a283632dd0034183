using System.Diagnostics;
using System.Globalization;

namespace WgDynamic.Bench;

/// <summary>Starts the server and prints after how many milliseconds it serves, and how many KiB it occupies then.</summary>
internal static class StartCost
{
    // Past what belongs to starting, and two further looks at the device.
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(12);

    public static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        using Process server = new() { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardError = true } };
        Stopwatch clock = Stopwatch.StartNew();
        _ = server.Start();
        string? line;
        while ((line = await server.StandardError.ReadLineAsync()) is not null && !line.Contains("serving on", StringComparison.Ordinal))
        {
        }

        double milliseconds = clock.Elapsed.TotalMilliseconds;
        Task<string> rest = server.StandardError.ReadToEndAsync();
        await Task.Delay(_settling);
        string status = await File.ReadAllTextAsync($"/proc/{server.Id}/status");
        string resident = status.Split('\n').First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        server.Kill();
        await server.WaitForExitAsync();
        _ = await rest;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} {resident.Trim()}"));
    }
}
