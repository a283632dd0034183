using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace WgDynamic.Tool;

/// <summary>Arguments and options that are keys, addresses, names and times; what is none is told with an example of one.</summary>
internal static class Values
{
    /// <summary>Reads a value.</summary>
    public delegate bool Parser<T>(ReadOnlySpan<char> text, out T value);

    private const string AnAddress = "no address, such as 10.66.0.7";
    private const string ARange = "no range of addresses, such as 10.66.0.0/24 or 10.66.0.10-10.66.0.99";

    /// <summary>A public key. A wrong one is not repeated: it may be a private key in the wrong place.</summary>
    public static bool TryKey(ArgumentResult result, string text, out PublicKey key)
    {
        bool isKey = PublicKey.TryParse(text, out key);
        if (!isKey)
            result.AddError($"this is no public key, of which wg show prints {PublicKey.TextLength} characters that end in '=': it has {text.Length} characters");
        return isKey;
    }

    /// <summary>A public key.</summary>
    public static Argument<PublicKey> Key(string description) => new("key")
    {
        HelpName = "key",
        Description = description,
        CustomParser = result => TryKey(result, result.Tokens[0].Value, out PublicKey key) ? key : default,
    };

    /// <summary><c>--key</c>, once.</summary>
    public static Option<PublicKey?> KeyOption(string description) => new("--key")
    {
        Description = description,
        HelpName = "KEY",
        CustomParser = result => TryKey(result, result.Tokens[0].Value, out PublicKey key) ? key : null,
    };

    /// <summary><c>--key</c>, as often as one likes.</summary>
    public static Option<PublicKey[]> Keys(string description) => new("--key")
    {
        Description = description,
        HelpName = "KEY",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => TryKey(result, token.Value, out PublicKey key) ? key : default)],
    };

    /// <summary>An address.</summary>
    public static Argument<IpAddress> Address(string description) => new("address")
    {
        HelpName = "address",
        Description = description,
        CustomParser = result => One<IpAddress>(result, IpAddress.TryParse, AnAddress),
    };

    /// <summary>Addresses, or none.</summary>
    public static Argument<IpAddress[]> Addresses(string description) => new("address")
    {
        HelpName = "address",
        Description = description,
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => Many<IpAddress>(result, IpAddress.TryParse, AnAddress),
    };

    /// <summary>A range.</summary>
    public static Argument<IpRange> Range(string description) => new("range")
    {
        HelpName = "range",
        Description = description,
        CustomParser = result => One<IpRange>(result, IpRange.TryParse, ARange),
    };

    /// <summary>An option that is a range, once.</summary>
    public static Option<IpRange?> RangeOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "RANGE",
        CustomParser = result => One<IpRange>(result, IpRange.TryParse, ARange),
    };

    /// <summary>An option that is a range, as often as one likes.</summary>
    public static Option<IpRange[]> Ranges(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "RANGE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => Many<IpRange>(result, IpRange.TryParse, ARange),
    };

    /// <summary>An option that is one or several of an enumeration's names, with commas between them.</summary>
    public static Option<T[]> Names<T>(string name, string description)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(known => known.ToLowerInvariant())];
        Option<T[]> option = new(name)
        {
            Description = $"{description}: {string.Join(", ", names)}, or several with commas between them",
            HelpName = "LIST",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => Many<T>(result, result.Tokens.SelectMany(token => token.Value.Split(',')), TryName, $"none of {string.Join(", ", names)}"),
        };
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>An option that is one of an enumeration's names.</summary>
    public static Option<T?> Name<T>(string name, string description)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(known => known.ToLowerInvariant())];
        Option<T?> option = new(name)
        {
            Description = $"{description}: {string.Join(" or ", names)}",
            HelpName = "NAME",
            CustomParser = result => One<T>(result, TryName, $"none of {string.Join(", ", names)}"),
        };
        // Those of the enumeration itself are written in another way.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>An option that is a time in whole seconds, as in the configuration file: <c>3600</c>, <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>7d</c>.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => One<TimeSpan>(result, TryTime, "no time: write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d"),
    };

    /// <summary>An option that is a count.</summary>
    public static Option<int?> Count(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "COUNT",
        CustomParser = result => One<int>(result, TryCount, "no count, such as 10"),
    };

    /// <summary>An option that is a time of day: <c>'2026-11-04 03:12'</c> in this machine's time zone, or with one, as <c>2026-11-04T03:12Z</c>.</summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => One<DateTimeOffset>(result, TryMoment, "no time, such as '2026-11-04 03:12' or 2026-11-04T03:12Z"),
    };

    internal static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        long unit = text.IsEmpty ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        bool isTime = uint.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        time = TimeSpan.FromSeconds(number * Math.Max(unit, 1));
        return isTime;
    }

    private static bool TryCount(ReadOnlySpan<char> text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static bool TryMoment(ReadOnlySpan<char> text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AllowWhiteSpaces, out time);

    private static bool TryName<T>(ReadOnlySpan<char> text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out value);
    }

    private static T One<T>(ArgumentResult result, Parser<T> parser, string wrong) => Many(result, result.Tokens.Select(token => token.Value), parser, wrong)[0];

    private static T[] Many<T>(ArgumentResult result, Parser<T> parser, string wrong) => Many(result, result.Tokens.Select(token => token.Value), parser, wrong);

    private static T[] Many<T>(ArgumentResult result, IEnumerable<string> texts, Parser<T> parser, string wrong)
    {
        List<T> values = [];
        foreach (string text in texts)
        {
            if (!parser(text, out T value))
                result.AddError(text.StartsWith('-') ? $"unknown option '{text}'" : $"'{text}' is {wrong}");
            values.Add(value);
        }

        return [.. values];
    }
}
