namespace WgDynamic.Netlink;

/// <summary>
/// Writes operations into as few messages as they fit: it remembers where a full one ended, in the middle of a peer's
/// prefixes if need be, and goes on there.
/// </summary>
internal sealed class DeviceWriter(IReadOnlyList<PeerOperation> operations)
{
    // The next to be written.
    private int _operation;
    private int _allowedIP;

    /// <summary>Whether everything was written.</summary>
    public bool IsFinished => _operation == operations.Count;

    /// <summary>Fills a message.</summary>
    /// <exception cref="InvalidOperationException">The message is too small for even one prefix.</exception>
    public void Fill(NetlinkRequest request)
    {
        (int operation, int allowedIP) = (_operation, _allowedIP);
        using (request.BeginNest(DeviceAttribute.Peers))
        {
            while (!IsFinished && TryWritePeer(request, operations[_operation]))
                (_operation, _allowedIP) = (_operation + 1, 0);
        }

        if ((operation, allowedIP) == (_operation, _allowedIP))
            throw new InvalidOperationException("A message that nothing fits into.");
    }

    // Whether the peer was written to its end.
    private bool TryWritePeer(NetlinkRequest request, PeerOperation operation)
    {
        int start = request.Mark();
        using (request.BeginItem())
        {
            request.Write(PeerAttribute.PublicKey, operation.PublicKey);
            WriteSettings(request, operation);
            if (!request.TryKeep(start))
                return false;
            if (_allowedIP == operation.AllowedIPs.Count)
                return true;

            int first = _allowedIP;
            WriteAllowedIPs(request, operation.AllowedIPs);
            if (_allowedIP == first)
                request.Rollback(start);
            return _allowedIP == operation.AllowedIPs.Count;
        }
    }

    private void WriteSettings(NetlinkRequest request, PeerOperation operation)
    {
        PeerFlags flags = (operation.Remove ? PeerFlags.Remove : 0) | (operation.UpdateOnly ? PeerFlags.UpdateOnly : 0);
        if (flags != 0)
            request.Write(PeerAttribute.Flags, (uint)flags);
        // What went with the first prefixes need not be said again.
        if (_allowedIP > 0)
            return;
        if (operation.Endpoint is { } endpoint)
        {
            Span<byte> address = stackalloc byte[SocketAddress.MaxSize];
            request.Write(PeerAttribute.Endpoint, address[..SocketAddress.Write(endpoint, address)]);
        }

        if (operation.PersistentKeepalive is { } keepalive)
            request.Write(PeerAttribute.PersistentKeepalive, keepalive);
    }

    private void WriteAllowedIPs(NetlinkRequest request, IReadOnlyList<AllowedIPOperation> allowedIPs)
    {
        using (request.BeginNest(PeerAttribute.AllowedIPs))
        {
            while (_allowedIP < allowedIPs.Count && TryWriteAllowedIP(request, allowedIPs[_allowedIP]))
                _allowedIP++;
        }
    }

    private static bool TryWriteAllowedIP(NetlinkRequest request, AllowedIPOperation allowedIP)
    {
        int start = request.Mark();
        using (request.BeginItem())
        {
            request.Write(AllowedIPAttribute.Family, (ushort)AddressFamilyNumber.Of(allowedIP.Prefix.Address));
            request.Write(AllowedIPAttribute.Address, allowedIP.Prefix.Address);
            request.Write(AllowedIPAttribute.PrefixLength, (byte)allowedIP.Prefix.Length);
            if (allowedIP.Remove)
                request.Write(AllowedIPAttribute.Flags, (uint)AllowedIPFlags.Remove);
        }

        return request.TryKeep(start);
    }
}
