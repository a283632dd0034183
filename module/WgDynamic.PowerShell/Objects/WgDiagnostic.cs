namespace WgDynamic.PowerShell;

/// <summary>One thing about an interface that was checked.</summary>
public sealed class WgDiagnostic
{
    internal WgDiagnostic(CheckLine line, string name)
    {
        Interface = line.Interface ?? name;
        Check = line.Check ?? "";
        Status = line.Status ?? "Fail";
        Message = line.Message ?? "";
        Remedy = line.Remedy;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>What was checked.</summary>
    public string Check { get; }

    /// <summary>Pass, Warn or Fail.</summary>
    public string Status { get; }

    /// <summary>What was found.</summary>
    public string Message { get; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Status}: {Message}";
}
