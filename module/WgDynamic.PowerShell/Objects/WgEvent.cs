using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Something that happened.</summary>
public sealed class WgEvent
{
    internal WgEvent(EventAnswer answer)
    {
        Interface = $"{answer.Interface}";
        Role = $"{answer.Role}";
        Sequence = answer.Sequence;
        Time = answer.Time.LocalDateTime;
        EventType = $"{answer.Type}";
        PublicKey = answer.PublicKey?.ToString();
        IPAddress = answer.Address?.ToString();
        Reason = answer.Refusal?.ToString();
        Lost = answer.Lost;
        Message = answer.Message;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>Which daemon tells it: Server or Client.</summary>
    public string Role { get; }

    /// <summary>Counts from 1 with the daemon's start; 0 for what only this reader is told.</summary>
    public long Sequence { get; }

    /// <summary>When, local time.</summary>
    public DateTime Time { get; }

    /// <summary>What: Granted, Renewed, Expired and so on.</summary>
    public string EventType { get; }

    /// <summary>Which peer.</summary>
    public string? PublicKey { get; }

    /// <summary>Which address.</summary>
    public string? IPAddress { get; }

    /// <summary>Why it was refused.</summary>
    public string? Reason { get; }

    /// <summary>How many events are missing here.</summary>
    public long? Lost { get; }

    /// <summary>The same for people.</summary>
    public string Message { get; }

    /// <inheritdoc/>
    public override string ToString() => Message;
}
