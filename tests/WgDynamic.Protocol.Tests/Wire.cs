using System.Buffers;
using System.Text;

namespace WgDynamic.Protocol.Tests;

/// <summary>Messages as bytes.</summary>
internal static class Wire
{
    public static byte[] Bytes(Request request)
    {
        ArrayBufferWriter<byte> output = new();
        MessageWriter.Write(output, request);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(Reply reply)
    {
        ArrayBufferWriter<byte> output = new();
        MessageWriter.Write(output, reply);
        return output.WrittenSpan.ToArray();
    }

    public static string Text(Request request) => Encoding.Latin1.GetString(Bytes(request));

    public static string Text(Reply reply) => Encoding.Latin1.GetString(Bytes(reply));

    /// <summary>Bytes of a text in which every character is one byte.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
