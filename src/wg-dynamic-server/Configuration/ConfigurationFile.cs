namespace WgDynamic.Server;

/// <summary>A configuration file on disk.</summary>
internal static class ConfigurationFile
{
    private const int MinBuffer = 4096;
    private const UnixFileMode ForOthersToWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The file that is used where none is named.</summary>
    /// <param name="name">The interface.</param>
    public static string DefaultPath(InterfaceName name) => $"/etc/wg-dynamic/{name}.conf";

    /// <summary>Reads and checks a file; never throws for what is wrong with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRequired">Whether it must exist; else the defaults apply without one.</param>
    public static ConfigurationResult Read(string path, bool isRequired)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            UnixFileMode mode = File.GetUnixFileMode(file.SafeFileHandle);
            ConfigurationResult result = ConfigurationReader.Read(ReadBounded(file));
            // What is no configuration file at all, a device for instance, is to keep its mode.
            return (mode & ForOthersToWrite) == 0 || result.Problems is [{ Line: 0 }] ? result : result with
            {
                Problems = [WritableByOthers(path, mode), .. result.Problems],
                Warnings = result.Warnings + 1,
            };
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return isRequired
                ? ConfigurationResult.Failed("there is no such file", "name one that is there")
                : new ConfigurationResult(new ServerConfiguration(), [], 0, 0) { IsMissing = true };
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return ConfigurationResult.Failed("this is a directory", "name the file in it");
        }
        catch (UnauthorizedAccessException)
        {
            return ConfigurationResult.Failed("the file may not be read", $"let {Environment.UserName} read it: chmod o+r {path}");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            return ConfigurationResult.Failed($"the file cannot be read: {error.Message.TrimEnd('.')}", "name a configuration file");
        }
    }

    // One byte more than allowed tells what is too large; the length that the file claims may be none (a pipe, /proc).
    private static ReadOnlySpan<byte> ReadBounded(FileStream file)
    {
        byte[] buffer = new byte[Math.Clamp(file.CanSeek ? file.Length : 0, MinBuffer, ConfigurationReader.MaxBytes) + 1];
        int length = 0;
        while (length <= ConfigurationReader.MaxBytes)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, ConfigurationReader.MaxBytes + 1));
            int read = file.Read(buffer, length, buffer.Length - length);
            if (read == 0)
                break;
            length += read;
        }

        return buffer.AsSpan(0, length);
    }

    private static ConfigurationProblem WritableByOthers(string path, UnixFileMode mode) => new(
        0,
        0,
        ProblemSeverity.Warning,
        (mode & UnixFileMode.OtherWrite) != 0 ? "anybody can change the file" : "the file's group can change it",
        $"chmod go-w {path}");
}
