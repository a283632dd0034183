using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgDynamic.Control.Json;

/// <summary>A value as its text.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="tryParse">Reads it.</param>
/// <param name="what">What it should have been, for who wrote something else.</param>
public abstract class TextConverter<T>(TextConverter<T>.Parser tryParse, string what) : JsonConverter<T>
    where T : struct
{
    /// <summary>Reads a value.</summary>
    public delegate bool Parser(ReadOnlySpan<char> text, out T value);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && tryParse(text, out T value)
            ? value
            : throw new JsonException($"not {what}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}

/// <summary>44 characters of base64.</summary>
public sealed class PublicKeyConverter() : TextConverter<PublicKey>(PublicKey.TryParse, "a public key: 44 characters of base64");

/// <summary>An interface's name.</summary>
public sealed class InterfaceNameConverter() : TextConverter<InterfaceName>(InterfaceName.TryParse, "the name of an interface");

/// <summary>An address.</summary>
public sealed class IpAddressConverter() : TextConverter<IpAddress>(IpAddress.TryParse, "an address, such as 10.66.0.7");

/// <summary>A prefix.</summary>
public sealed class IpPrefixConverter() : TextConverter<IpPrefix>(IpPrefix.TryParse, "a prefix, such as 10.66.0.0/24");

/// <summary>A prefix, an address, or the first and the last address with a hyphen between them.</summary>
public sealed class IpRangeConverter() : TextConverter<IpRange>(IpRange.TryParse, "a range of addresses, such as 10.66.0.0/24 or 10.66.0.10-10.66.0.99");

/// <summary>A time span as its seconds, which may have a fraction.</summary>
public sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    // What TimeSpan can hold, and no more is worth saying.
    private static readonly double _most = TimeSpan.MaxValue.TotalSeconds / 2;

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double seconds) && Math.Abs(seconds) <= _most
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException("not a number of seconds");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
    }
}

/// <summary>An enumeration by its names, as they are written in PowerShell; upper and lower case are the same, numbers are refused.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class NameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text && char.IsAsciiLetter(text[0])
            && !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(text, ignoreCase: true, out T value)
            ? value
            : throw new JsonException($"not one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Enum.GetName(value));
    }
}
