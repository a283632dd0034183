using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WgDynamic.Control.Json;

/// <summary>
/// The kinds of requests or answers, by the name that each line says of itself. What System.Text.Json would do for a
/// polymorphic type takes all kinds in for the first line of any: half of the time of a cmdlet's first object.
/// </summary>
/// <typeparam name="T">What they have in common.</typeparam>
internal sealed class Kinds<T>
    where T : class
{
    private readonly byte[] _property;
    private readonly JsonSerializerOptions _options;
    private readonly (string Name, byte[] Utf8, Type Type)[] _all;
    private readonly Dictionary<Type, string> _names;

    /// <param name="property">Which property says it.</param>
    /// <param name="options">How each is read and written.</param>
    /// <param name="kinds">The kinds.</param>
    public Kinds(string property, JsonSerializerOptions options, params ReadOnlySpan<(string Name, Type Type)> kinds)
    {
        _property = Encode(property);
        _options = options;
        _all = [.. kinds.ToArray().Select(kind => (kind.Name, Encode(kind.Name), kind.Type))];
        _names = _all.ToDictionary(kind => kind.Type, kind => kind.Name);
    }

    private string Property => System.Text.Encoding.UTF8.GetString(_property);

    /// <summary>Each with its name.</summary>
    public IEnumerable<KeyValuePair<Type, string>> All => _names;

    /// <summary>What a value says of itself.</summary>
    public string NameOf(T value) => _names[value.GetType()];

    /// <summary>Writes a value.</summary>
    public void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, _options.GetTypeInfo(value.GetType()));

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <exception cref="JsonException">It is none of these. The message is for people.</exception>
    public T Read(ReadOnlySequence<byte> line)
    {
        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = _options.MaxDepth });
        T value = (T?)JsonSerializer.Deserialize(ref reader, TypeOf(reader)) ?? throw new JsonException("null is nothing");
        return reader.Read() ? throw new JsonException("there is more than one value in a line") : value;
    }

    // Wherever it stands; nothing that lies deeper counts. Reading from a copy leaves the reader where it is.
    private JsonTypeInfo TypeOf(Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(_property))
                continue;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                break;
            foreach ((string _, byte[] name, Type type) in _all)
            {
                if (reader.ValueTextEquals(name))
                    return _options.GetTypeInfo(type);
            }

            throw new JsonException(reader.HasValueSequence || reader.ValueSpan.ContainsAnyExceptInRange((byte)'A', (byte)'z') || reader.ValueSpan.Length > 32
                ? $"its {Property} is none that is known"
                : $"there is no {Property} '{reader.GetString()}'");
        }

        throw new JsonException($"it does not say what it is: it needs a {Property}");
    }

    private static byte[] Encode(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
