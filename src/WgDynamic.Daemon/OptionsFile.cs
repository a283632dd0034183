namespace WgDynamic.Daemon;

/// <summary>A file of command-line options: words with white space between, and comments behind <c>#</c>.</summary>
public static class OptionsFile
{
    /// <summary>The option that names one.</summary>
    public const string Option = "--options";

    /// <summary>Reads the words.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The words; none if there is no such file.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string[] Read(string path)
    {
        try
        {
            return [.. File.ReadLines(path).SelectMany(line => line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Puts what a file says behind the <see cref="Option"/> that names it.</summary>
    /// <param name="arguments">A program's arguments.</param>
    /// <returns>Its arguments and the words of the file.</returns>
    /// <exception cref="StartupException">The file may not be read.</exception>
    public static string[] Expand(string[] arguments)
    {
        int option = Array.IndexOf(arguments, Option);
        if (option < 0 || option + 1 >= arguments.Length)
            return arguments;
        string path = arguments[option + 1];
        try
        {
            return [.. arguments[..(option + 2)], .. Read(path), .. arguments[(option + 2)..]];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path} cannot be read: {error.Message.TrimEnd('.')}; let everybody read it: chmod o+r {path}");
        }
    }
}
