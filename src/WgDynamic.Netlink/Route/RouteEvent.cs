namespace WgDynamic.Netlink;

/// <summary>Something changed in the kernel: one of <see cref="LinkEvent"/>, <see cref="AddressEvent"/>, <see cref="RouteChangeEvent"/> and <see cref="ResynchroniseEvent"/>.</summary>
public abstract record RouteEvent
{
    private protected RouteEvent()
    {
    }
}

/// <summary>A link appeared, changed or went.</summary>
/// <param name="Link">The link as it is now, or was last.</param>
/// <param name="Removed">Whether it is gone.</param>
public sealed record LinkEvent(Link Link, bool Removed) : RouteEvent;

/// <summary>An address appeared, changed or went.</summary>
/// <param name="Address">The address as it is now, or was last.</param>
/// <param name="Removed">Whether it is gone.</param>
public sealed record AddressEvent(InterfaceAddress Address, bool Removed) : RouteEvent;

/// <summary>A route appeared, changed or went. When a link goes down, the kernel does not report each IPv4 route that goes with it.</summary>
/// <param name="Route">The route as it is now, or was last.</param>
/// <param name="Removed">Whether it is gone.</param>
public sealed record RouteChangeEvent(Route Route, bool Removed) : RouteEvent;

/// <summary>Events were lost: what is known must be read anew.</summary>
public sealed record ResynchroniseEvent : RouteEvent;
