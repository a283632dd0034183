using System.Runtime.InteropServices;
using System.Text;

namespace WgDynamic.Netlink.Tests;

/// <summary>A kernel that is a function from request to datagrams. When there are none left, it keeps the reader waiting.</summary>
internal sealed class FakeKernel(Func<MessageHeader, IEnumerable<FakeDatagram>> answer) : INetlinkConnection
{
    public const uint Port = 4711;

    private readonly Queue<FakeDatagram> _waiting = new();

    public uint PortId => Port;

    /// <summary>How many requests came.</summary>
    public int Requests { get; private set; }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        Requests++;
        Say([.. answer(MemoryMarshal.Read<MessageHeader>(datagram))]);
    }

    /// <summary>Says something unasked.</summary>
    public void Say(params FakeDatagram[] datagrams)
    {
        foreach (FakeDatagram datagram in datagrams)
            _waiting.Enqueue(datagram);
    }

    public async ValueTask<ReceivedDatagram> ReceiveAsync(ReceiveBuffer buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_waiting.TryDequeue(out FakeDatagram? datagram))
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (datagram!.Errno is { } errno)
            throw new NetlinkException("receive", errno);
        datagram.Bytes.CopyTo(buffer.Reserve(datagram.Bytes.Length));
        return new ReceivedDatagram(datagram.Bytes.Length, datagram.Sender);
    }

    public void Discard() => _waiting.Clear();

    public void Dispose()
    {
    }
}

/// <summary>A datagram, or the failure to receive one.</summary>
internal sealed record FakeDatagram(byte[] Bytes, uint Sender = 0, int? Errno = null)
{
    /// <summary>Some of what was to be received is lost.</summary>
    public static FakeDatagram Overrun { get; } = new([], Errno: Netlink.Errno.ENOBUFS);

    /// <summary>One datagram of several messages.</summary>
    public static FakeDatagram Of(params byte[][] messages) => new([.. messages.SelectMany(message => message)]);

    /// <summary>A message that carries a number.</summary>
    public static byte[] Item(uint sequence, int value, MessageFlags flags = MessageFlags.Multi, uint port = FakeKernel.Port) =>
        Message(0x20, sequence, flags, port, BitConverter.GetBytes(value));

    public static byte[] Done(uint sequence, MessageFlags flags = MessageFlags.Multi, int errno = 0) =>
        Message(ControlMessageType.Done, sequence, flags, FakeKernel.Port, BitConverter.GetBytes(-errno));

    /// <summary>An acknowledgement, capped and with text if any.</summary>
    public static byte[] Acknowledge(uint sequence, int errno = 0, string? text = null)
    {
        const MessageFlags CappedAndExplained = (MessageFlags)0x300;
        byte[] body = [.. BitConverter.GetBytes(-errno), .. new byte[MessageHeader.Size]];
        if (text is not null)
        {
            byte[] value = Encoding.UTF8.GetBytes(text + '\0');
            body = [.. body, .. BitConverter.GetBytes((ushort)(4 + value.Length)), 1, 0, .. value];
        }

        return Message(ControlMessageType.Error, sequence, CappedAndExplained, FakeKernel.Port, body);
    }

    private static byte[] Message(ushort type, uint sequence, MessageFlags flags, uint port, byte[] body)
    {
        byte[] message = new byte[Alignment.Pad(MessageHeader.Size + body.Length)];
        MessageHeader header = new() { Length = (uint)(MessageHeader.Size + body.Length), Type = type, Flags = flags, Sequence = sequence, PortId = port };
        MemoryMarshal.Write(message, header);
        body.CopyTo(message, MessageHeader.Size);
        return message;
    }
}
