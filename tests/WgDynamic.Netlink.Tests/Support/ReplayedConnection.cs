using System.Runtime.InteropServices;

namespace WgDynamic.Netlink.Tests;

/// <summary>A kernel that says what it said once, and hears only what it heard then.</summary>
internal sealed class ReplayedConnection(GoldenFile golden) : INetlinkConnection
{
    private readonly MessageHeader _first = MemoryMarshal.Read<MessageHeader>(golden.Datagrams[0].Datagram);
    private int _next;

    /// <summary>The type of the first request.</summary>
    public ushort FirstType => _first.Type;

    public uint PortId => _first.PortId;

    public void Send(ReadOnlySpan<byte> datagram)
    {
        (bool fromKernel, byte[] expected) = golden.Datagrams[_next++];
        Assert.False(fromKernel, $"{golden.Name}: something was sent before all that the kernel said was read");
        Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(datagram));
    }

    public ValueTask<ReceivedDatagram> ReceiveAsync(ReceiveBuffer buffer, CancellationToken cancellationToken)
    {
        (bool fromKernel, byte[] datagram) = golden.Datagrams[_next++];
        Assert.True(fromKernel, $"{golden.Name}: more was read than the kernel said");
        datagram.CopyTo(buffer.Reserve(datagram.Length));
        return ValueTask.FromResult(new ReceivedDatagram(datagram.Length, Sender: 0));
    }

    public void Discard() => throw new NotSupportedException();

    public void Dispose() => Assert.Equal(golden.Datagrams.Count, _next);
}
