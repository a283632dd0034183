namespace WgDynamic.Storage;

/// <summary>Which boot of the machine this is.</summary>
public static class BootId
{
    /// <summary>Reads it: a random UUID that the kernel makes at each boot (random(4)).</summary>
    /// <returns>The UUID; where there is no /proc one that no boot has had, so that nobody takes two boots for one.</returns>
    public static string Read()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Guid.NewGuid().ToString();
        }
    }
}
