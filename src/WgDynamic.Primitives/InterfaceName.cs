using System.Diagnostics.CodeAnalysis;

namespace WgDynamic;

/// <summary>
/// The name of a network interface: 1 to 15 printable ASCII characters without <c>/</c>, <c>:</c> and white space,
/// and neither <c>.</c> nor <c>..</c> (<c>dev_valid_name()</c>, net/core/dev.c, and narrower: names end up in paths and logs).
/// </summary>
public readonly struct InterfaceName : IEquatable<InterfaceName>
{
    /// <summary>The longest name, in bytes (<c>IFNAMSIZ</c> - 1, linux/if.h).</summary>
    public const int MaxLength = 15;

    private readonly string? _name;

    private InterfaceName(string name) => _name = name;

    /// <summary>Reads a name.</summary>
    /// <param name="text">What a person or the kernel calls the interface.</param>
    /// <param name="name">The name, if it is one.</param>
    /// <returns>Whether the text can name an interface.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out InterfaceName name)
    {
        name = default;
        if (text.Length is 0 or > MaxLength || text is "." or "..")
            return false;
        foreach (char c in text)
        {
            if (c is <= ' ' or > '~' or '/' or ':')
                return false;
        }

        name = new InterfaceName(text.ToString());
        return true;
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">What a person or the kernel calls the interface.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">The text cannot name an interface.</exception>
    public static InterfaceName Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out InterfaceName name)
            ? name
            : throw new FormatException($"'{text}' cannot be the name of an interface: 1 to {MaxLength} printable characters without '/', ':' and spaces.");

    /// <summary>The name itself; empty for the default value, which names no interface.</summary>
    public override string ToString() => _name ?? "";

    /// <inheritdoc/>
    public bool Equals(InterfaceName other) => string.Equals(_name, other._name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is InterfaceName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _name?.GetHashCode(StringComparison.Ordinal) ?? 0;

    /// <summary>Whether two names are the same.</summary>
    public static bool operator ==(InterfaceName left, InterfaceName right) => left.Equals(right);

    /// <summary>Whether two names differ.</summary>
    public static bool operator !=(InterfaceName left, InterfaceName right) => !left.Equals(right);
}
