namespace WgDynamic.Tool;

/// <summary>A colour, as wg(8) uses them.</summary>
internal enum Colour
{
    /// <summary>As everything else.</summary>
    None,

    /// <summary>A label.</summary>
    Bold,

    /// <summary>What is well.</summary>
    Green,

    /// <summary>What may want a look.</summary>
    Yellow,

    /// <summary>What is wrong.</summary>
    Red,
}

/// <summary>What output is written for: people at a terminal, or whatever reads a pipe or a file.</summary>
/// <param name="Width">The columns of the terminal; null if it is none, and then nothing is shortened.</param>
/// <param name="HasColours">Whether it shows colours.</param>
internal readonly record struct Screen(int? Width, bool HasColours)
{
    // ECMA-48, select graphic rendition.
    private const string Reset = "\e[0m";

    /// <summary>A pipe or a file.</summary>
    public static Screen None => default;

    /// <summary>Whether a person looks at it.</summary>
    public bool IsTerminal => Width is not null;

    /// <summary>A text in a colour, if there are colours.</summary>
    public string Paint(string text, Colour colour) => !HasColours || colour == Colour.None || text.Length == 0
        ? text
        : (colour switch { Colour.Bold => "\e[1m", Colour.Green => "\e[32m", Colour.Yellow => "\e[33m", _ => "\e[31m" }) + text + Reset;

    /// <summary>The title of a paragraph: <c>server: wg0</c>.</summary>
    public string Title(string kind, string name) => $"{Paint(kind, Colour.Green)}: {Paint(name, Colour.Green)}";

    /// <summary>A line of a paragraph: <c>  public key: …</c>.</summary>
    public string Line(string label, string value, Colour colour = Colour.None) => $"  {Paint(label, Colour.Bold)}: {Paint(value, colour)}";
}
