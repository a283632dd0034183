namespace WgDynamic.Netlink;

/// <summary>
/// The clock that leases are counted by: timestamps from CLOCK_BOOTTIME, which runs on while the machine is
/// suspended and does not jump when somebody sets the time of day; <see cref="TimeProvider.GetUtcNow"/> is the time of day.
/// </summary>
/// <remarks>Timers are those of the system clock: they stand still during suspend, so what they wake must look at the timestamp.</remarks>
public sealed class BootClock : TimeProvider
{
    /// <summary>Timestamps count nanoseconds.</summary>
    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>Nanoseconds since the machine started, suspend included.</summary>
    public override long GetTimestamp() => NativeMethods.BootTimeNanoseconds();
}
