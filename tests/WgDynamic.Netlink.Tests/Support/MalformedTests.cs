namespace WgDynamic.Netlink.Tests;

/// <summary>Whatever bytes come: a value or a <see cref="NetlinkException"/>, and never anything else.</summary>
public class MalformedTests
{
    // A longer datagram is many of the same; its first part has all kinds.
    private const int MutatedPart = 1024;

    public static TheoryData<string> Files => [.. GoldenFile.All.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_truncation_is_a_value_or_a_clean_failure(string name)
    {
        foreach (byte[] datagram in FromKernel(name))
        {
            for (int length = 0; length < datagram.Length; length++)
                ReadAsEverything(datagram.AsSpan(0, length));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_changed_byte_is_a_value_or_a_clean_failure(string name)
    {
        foreach (byte[] datagram in FromKernel(name))
        {
            byte[] part = datagram[..int.Min(datagram.Length, MutatedPart)];
            for (int i = 0; i < part.Length; i++)
            {
                byte original = part[i];
                for (int change = 1; change < 256; change++)
                {
                    part[i] = (byte)(original ^ change);
                    ReadAsEverything(part);
                }

                part[i] = original;
            }
        }
    }

    private static IEnumerable<byte[]> FromKernel(string name) =>
        GoldenFile.All.Single(file => file.Name == name).Datagrams.Where(entry => entry.FromKernel).Select(entry => entry.Datagram);

    private static void ReadAsEverything(ReadOnlySpan<byte> datagram)
    {
        try
        {
            DeviceReader device = new(new PeerList());
            MessageReader reader = new(datagram);
            while (reader.TryRead(out NetlinkMessage message))
                Read(message, device);
            _ = device.End();
        }
        catch (NetlinkException e)
        {
            Assert.Equal(Errno.EBADMSG, e.Errno);
        }
    }

    private static void Read(NetlinkMessage message, DeviceReader device)
    {
        if (Acknowledgement.IsEnd(message))
            _ = Acknowledgement.Read(message, "try");
        else if (message.Type is >= RouteMessageType.NewLink and <= RouteMessageType.GetRoute)
            _ = RouteEventMessage.Read(message);
        else
            device.Read(message);
        if (message.Type == 0x10)
            _ = GenericNetlink.ReadFamilyId(message);
    }
}
