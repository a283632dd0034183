using System.Globalization;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>
/// A small file in the runtime directory that says what is in force, so that it is undone also when this client is
/// killed. It goes with the machine's next start, as all of it does.
/// </summary>
/// <param name="path">Where.</param>
/// <param name="interfaceName">Which interface it is about.</param>
/// <param name="interfaceIndex">Its number: another of the same name is another.</param>
internal sealed class EffectFile(string path, InterfaceName interfaceName, int interfaceIndex) : IEffectStore
{
    private const string Heading = "# What wg-dynamic-client has done for its server's pushes. The next one undoes it, or carries on.";

    // Far more than 128 routes make.
    private const int MaxBytes = 256 * 1024;

    /// <summary>Reads what an earlier client has left.</summary>
    /// <returns>What it was, with nothing in it where there was none.</returns>
    /// <exception cref="FormatException">The file was not written by this program.</exception>
    /// <exception cref="IOException">It cannot be read, or is no file of its own.</exception>
    public LeftEffects Load()
    {
        if (SharedFile.TryReadLines(path, MaxBytes) is not { } all)
            return new LeftEffects(true, true, []);
        string[] lines = [.. all.Where(line => line[0] != '#')];
        return lines is [var about, var state, .. var effects] && about.StartsWith("interface ", StringComparison.Ordinal)
            ? new LeftEffects(about == About, state == State(true), [.. effects.Select(line => EffectText.Read(line, interfaceName))])
            : throw new FormatException($"{path} has no heading.");
    }

    /// <inheritdoc/>
    public void Save(IReadOnlyList<Effect> effects, bool settled)
    {
        if (effects.Count == 0)
        {
            File.Delete(path);
            return;
        }

        // A rename is whole or has not been: there is always one of the two, and never a half. Neither follows a link that somebody
        // has put there: CreateNew is O_EXCL.
        string next = path + ".new";
        File.Delete(next);
        using (FileStream file = new(next, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            // The group is the daemons': a client that systemd runs undoes what one of root's has left.
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        }))
        using (StreamWriter writer = new(file))
        {
            foreach (string line in (IEnumerable<string>)[Heading, About, State(settled), .. effects.Select(EffectText.Write)])
                writer.Write(line + '\n');
        }

        File.Move(next, path, overwrite: true);
    }

    private string About => string.Create(CultureInfo.InvariantCulture, $"interface {interfaceIndex}");

    private static string State(bool settled) => settled ? "settled" : "changing";
}

/// <summary>What an earlier client has left in force.</summary>
/// <param name="SameInterface">Whether it was about the interface that there is now.</param>
/// <param name="Settled">Whether all of it is in force; else it was killed in the middle of a change, and some of it may be.</param>
/// <param name="Effects">What.</param>
internal sealed record LeftEffects(bool SameInterface, bool Settled, IReadOnlyList<Effect> Effects);
