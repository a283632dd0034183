using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WgDynamic.Control;

/// <summary>An answer as its line, for programs that pass it on.</summary>
public static class ControlLine
{
    /// <summary>No HTML is made of it: a plus in a public key stays one.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, without its end.</summary>
    /// <param name="answer">The answer.</param>
    public static string Of(ControlAnswer answer)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, WriterOptions))
            ControlKinds.Answers.Write(writer, answer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
