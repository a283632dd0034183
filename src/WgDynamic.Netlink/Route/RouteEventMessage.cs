namespace WgDynamic.Netlink;

/// <summary>Notifications as the kernel writes them.</summary>
internal static class RouteEventMessage
{
    /// <summary>Reads a notification.</summary>
    /// <returns>The event, or null when it is about something that nobody here asks for.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static RouteEvent? Read(NetlinkMessage message)
    {
        switch (message.Type)
        {
            case RouteMessageType.NewLink or RouteMessageType.DeleteLink:
                return LinkMessage.Read(message) is { } link
                    ? new LinkEvent(link, message.Type == RouteMessageType.DeleteLink)
                    : null;
            case RouteMessageType.NewAddress or RouteMessageType.DeleteAddress:
                return AddressMessage.Read(message) is { } address
                    ? new AddressEvent(address, message.Type == RouteMessageType.DeleteAddress)
                    : null;
            case RouteMessageType.NewRoute or RouteMessageType.DeleteRoute:
                return RouteMessage.Read(message) is { } route
                    ? new RouteChangeEvent(route, message.Type == RouteMessageType.DeleteRoute)
                    : null;
            default:
                return null;
        }
    }
}
