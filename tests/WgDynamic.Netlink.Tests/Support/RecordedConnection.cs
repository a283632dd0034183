namespace WgDynamic.Netlink.Tests;

/// <summary>A connection that remembers what went over it.</summary>
internal sealed class RecordedConnection(INetlinkConnection connection) : INetlinkConnection
{
    public List<(bool FromKernel, byte[] Datagram)> Datagrams { get; } = [];

    public uint PortId => connection.PortId;

    public void Send(ReadOnlySpan<byte> datagram)
    {
        Datagrams.Add((false, datagram.ToArray()));
        connection.Send(datagram);
    }

    public async ValueTask<ReceivedDatagram> ReceiveAsync(ReceiveBuffer buffer, CancellationToken cancellationToken)
    {
        ReceivedDatagram received = await connection.ReceiveAsync(buffer, cancellationToken);
        Datagrams.Add((true, buffer.Datagram(received).ToArray()));
        return received;
    }

    public void Discard() => connection.Discard();

    public void Dispose() => connection.Dispose();
}
