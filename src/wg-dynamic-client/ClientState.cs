namespace WgDynamic.Client;

/// <summary>Where the client stands.</summary>
internal enum ClientState
{
    /// <summary>The interface is down.</summary>
    Waiting,

    /// <summary>It has no lease and asks for one, or is about to ask again.</summary>
    Requesting,

    /// <summary>It has a lease and nothing to do for now.</summary>
    Bound,

    /// <summary>It has a lease and wants to keep it.</summary>
    Renewing,

    /// <summary>Its lease ran out, and it asks for another.</summary>
    Expired,

    /// <summary>It gives back what it has, and ends.</summary>
    Stopping,
}
