using System.Buffers;
using System.Globalization;
using System.Management.Automation;

namespace WgDynamic.PowerShell;

/// <summary>
/// Reads a time as people write it: 3600 (seconds), 500ms, 90s, 30m, 12h, 7d, 1h30m, 00:30:00 or a TimeSpan. PowerShell itself takes a number
/// for ticks of 100 ns.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    private static readonly SearchValues<char> _number = SearchValues.Create("0123456789.");
    private static readonly (string Suffix, double Seconds)[] _units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604800)];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        // PowerShell takes a bare 7d for the decimal number 7, and 90s for a short one; the object's text is still what was typed.
        if (inputData is PSObject && value is decimal or short && TryParse($"{inputData}", out TimeSpan typed))
            return typed;
        return value switch
        {
            null => null!,
            TimeSpan time => time,
            string { Length: 0 } => null!,
            string text => TryParse(text, out TimeSpan time) ? time : throw Wrong(text),
            byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal =>
                TryFromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture), out TimeSpan time) ? time : throw Wrong(value),
            // What ConvertTo-Json makes of a TimeSpan, and ConvertFrom-Json leaves so.
            PSCustomObject when ((PSObject)inputData).Properties["Ticks"]?.Value is long ticks => TimeSpan.FromTicks(ticks),
            _ => throw Wrong(value),
        };
    }

    internal static bool TryParse(string text, out TimeSpan time)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Contains(':'))
            return TimeSpan.TryParse(rest, CultureInfo.InvariantCulture, out time);
        if (double.TryParse(rest, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number))
            return TryFromSeconds(number, out time);
        double seconds = 0;
        time = default;
        if (rest.IsEmpty)
            return false;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(_number);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double part))
                return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAny(_number);
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            double factor = 0;
            foreach ((string suffix, double each) in _units)
            {
                if (unit.Equals(suffix, StringComparison.OrdinalIgnoreCase))
                    factor = each;
            }

            if (factor == 0)
                return false;
            seconds += part * factor;
            rest = rest[unit.Length..];
        }

        return TryFromSeconds(seconds, out time);
    }

    private static bool TryFromSeconds(double seconds, out TimeSpan time)
    {
        bool fits = Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds - 1;
        time = fits ? TimeSpan.FromSeconds(seconds) : default;
        return fits;
    }

    private static ArgumentTransformationMetadataException Wrong(object value) =>
        new($"'{value}' is no time: write seconds (3600), a number with ms, s, m, h, d or w (90s, 30m, 12h, 7d), or hh:mm:ss.");
}

/// <summary>Takes a time between two numbers of seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateSecondsAttribute : ValidateArgumentsAttribute
{
    /// <summary>The shortest and the longest time.</summary>
    /// <param name="least">In seconds.</param>
    /// <param name="most">In seconds.</param>
    public ValidateSecondsAttribute(double least, double most)
    {
        Least = least;
        Most = most;
    }

    /// <summary>The shortest time, in seconds.</summary>
    public double Least { get; }

    /// <summary>The longest time, in seconds.</summary>
    public double Most { get; }

    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is TimeSpan time && (time.TotalSeconds < Least || time.TotalSeconds > Most))
            throw new ValidationMetadataException($"{time.TotalSeconds} seconds is too {(time.TotalSeconds < Least ? "short" : "long")}: it must be {Least} to {Most} seconds.");
    }
}
