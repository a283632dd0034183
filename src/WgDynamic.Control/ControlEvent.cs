namespace WgDynamic.Control;

/// <summary>Something that happens, as a daemon tells it: a value, since most of it nobody watches.</summary>
/// <param name="Type">What.</param>
/// <param name="PublicKey">Which peer.</param>
/// <param name="Address">Which address.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Text">The same for people; null for what follows from the rest.</param>
public readonly record struct ControlEvent(EventType Type, PublicKey? PublicKey = null, IpAddress? Address = null, RefusalReason? Refusal = null, string? Text = null)
{
    /// <summary>The event as it is answered.</summary>
    /// <param name="sequence">Its number; 0 for none.</param>
    /// <param name="time">When.</param>
    /// <param name="name">The interface.</param>
    /// <param name="role">Which daemon tells it.</param>
    public EventAnswer ToAnswer(long sequence, DateTimeOffset time, InterfaceName name, DaemonRole role) => new()
    {
        Sequence = sequence,
        Time = time,
        Interface = name,
        Role = role,
        Type = Type,
        PublicKey = PublicKey,
        Address = Address,
        Refusal = Refusal,
        Message = Text ?? Describe(role),
    };

    private string Describe(DaemonRole role)
    {
        string peer = role == DaemonRole.Server && PublicKey is { } key ? $" to {key}" : "";
        string ofPeer = role == DaemonRole.Server && PublicKey is { } owner ? $" of {owner}" : "";
        return Type switch
        {
            EventType.Granted => $"leased {Address}{peer}",
            EventType.Current => $"{Address} is leased{peer}",
            EventType.Renewed => $"renewed {Address}{ofPeer}",
            EventType.Expired => $"{Address}{ofPeer} has run out",
            EventType.Released => $"{Address}{ofPeer} was given back",
            EventType.Revoked => $"{Address}{ofPeer} was taken back",
            _ => $"{Type}{(Address is { } address ? $" {address}" : "")}{ofPeer}{(Refusal is { } reason ? $": {reason}" : "")}",
        };
    }
}
