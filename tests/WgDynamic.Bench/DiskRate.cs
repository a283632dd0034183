using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WgDynamic.Bench;

/// <summary>What the disk gives: records of 100 bytes a second, appended and on the disk.</summary>
internal static partial class DiskRate
{
    private const int RecordBytes = 100;

    /// <summary>Prints records a second.</summary>
    /// <param name="directory">Where to write.</param>
    /// <param name="recordsAtOnce">How many records one fdatasync is for.</param>
    /// <param name="seconds">For how long.</param>
    public static void Run(string directory, int recordsAtOnce, double seconds)
    {
        string path = Path.Combine(directory, "fdatasync");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        byte[] records = new byte[RecordBytes * recordsAtOnce];
        long written = 0;
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            RandomAccess.Write(file, records, written);
            if (SyncData(file) != 0)
                throw new IOException($"fdatasync: errno {Marshal.GetLastPInvokeError()}");
            written += records.Length;
        }

        Console.WriteLine((written / RecordBytes / clock.Elapsed.TotalSeconds).ToString("0", CultureInfo.InvariantCulture));
        File.Delete(path);
    }

    // int fdatasync(int fd);
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);
}
