namespace WgDynamic.Netlink.Tests;

public class ClockAndProcessTests
{
    [Fact]
    public void Timestamps_count_the_time_since_the_machine_started()
    {
        BootClock clock = new();
        long before = clock.GetTimestamp();
        // What the kernel itself says of the same clock, in hundredths of a second.
        TimeSpan uptime = TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0]));
        long after = clock.GetTimestamp();

        Assert.InRange(uptime.TotalSeconds, Seconds(before) - 0.02, Seconds(after) + 0.02);

        double Seconds(long timestamp) => (double)timestamp / clock.TimestampFrequency;
    }

    [Fact]
    public void The_time_of_day_is_the_systems() =>
        Assert.InRange((new BootClock().GetUtcNow() - TimeProvider.System.GetUtcNow()).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));

    [Fact]
    public void Raising_the_limit_of_open_files_gives_the_hard_one()
    {
        long limit = ProcessControl.RaiseOpenFileLimit();

        string line = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((words[^2], words[^2]), (limit.ToString(), words[^3]));
    }
}
