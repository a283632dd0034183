using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace WgDynamic.Server;

/// <summary>Reads a configuration file: text in, a checked configuration or the list of all its problems out. No I/O.</summary>
internal static class ConfigurationReader
{
    /// <summary>The longest file, in bytes: a hundred thousand reservations, and room to spare.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">UTF-8, with or without a byte order mark.</param>
    public static ConfigurationResult Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
            return ConfigurationResult.Failed($"the file is larger than {MaxBytes >> 20} MiB", "name a configuration file, or make it smaller");
        if (file.StartsWith(Encoding.UTF8.Preamble))
            file = file[Encoding.UTF8.Preamble.Length..];
        int text = LengthOfText(file);
        return text == file.Length ? Read(Encoding.UTF8.GetString(file)) : new ConfigurationResult(
            null,
            [new ConfigurationProblem(file[..text].Count((byte)'\n') + 1, 0, ProblemSeverity.Error, "this is not text in UTF-8", "name a configuration file, or save it in UTF-8")],
            1,
            0);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">Any text.</param>
    public static ConfigurationResult Read(string text)
    {
        ProblemList problems = new();
        ValueReader values = new(problems);
        PoolReader pools = new(values, problems);
        GroupReader groups = new(values, problems);
        ReservationReader reservations = new(values, problems);
        PushReader pushes = new(values, problems);
        List<Section> servers = [];
        foreach (Section section in new SectionScanner(text, problems).Read())
        {
            if (section.Kind == Vocabulary.Server)
                servers.Add(section);
            else if (section.Kind == Vocabulary.Pool)
                pools.Add(section);
            else if (section.Kind == Vocabulary.Group)
                groups.Add(section);
            else if (section.Kind == Vocabulary.Reservation)
                reservations.Add(section);
            else
                pushes.Add(section);
        }

        ServerConfiguration configuration = new() { PoolsFromRoutes = !pools.HasSections };
        // More than one is an error, but what is wrong in the others is to be listed as well.
        foreach (Section server in servers)
            configuration = ServerSectionReader.Read(server, values, configuration);
        configuration = configuration with
        {
            Pools = pools.Complete(groups),
            Groups = groups.Groups,
            Reservations = reservations.Reservations,
            Pushes = pushes.Complete(pools, groups),
        };
        if (!configuration.PoolsFromRoutes && !pools.HasSections && configuration.Reservations.IsEmpty)
            problems.Warning(servers[0].Heading, "there is nothing to lease", "add a [Pool] or a [Reservation], or delete PoolsFromRoutes");
        return new ConfigurationResult(problems.Errors == 0 ? configuration : null, problems.InOrder(), problems.Errors, problems.Warnings);
    }

    // How many bytes are UTF-8 without zeros: all, or those in front of the first that is not.
    private static int LengthOfText(ReadOnlySpan<byte> file)
    {
        int zero = file.IndexOf((byte)0);
        if (zero < 0 && Utf8.IsValid(file))
            return file.Length;
        ReadOnlySpan<byte> front = zero < 0 ? file : file[..zero];
        int length = 0;
        while (Rune.DecodeFromUtf8(front[length..], out _, out int consumed) == OperationStatus.Done)
            length += consumed;
        return length;
    }
}
