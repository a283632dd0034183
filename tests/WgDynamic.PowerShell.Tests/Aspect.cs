using System.Reflection;

namespace WgDynamic.PowerShell.Tests;

/// <summary>A way in which a cmdlet is used, and in which it is tested.</summary>
public enum Aspect
{
    /// <summary>With parameters on the line.</summary>
    Parameter,

    /// <summary>With an object of another cmdlet by the pipe.</summary>
    Pipe,

    /// <summary>With anybody's object that has properties of the right names.</summary>
    PropertyName,

    /// <summary>With a wildcard, also one that fits nothing.</summary>
    Wildcard,

    /// <summary>With -WhatIf, which changes nothing.</summary>
    WhatIf,

    /// <summary>With something that does not exist: its error's identifier is pinned.</summary>
    NotFound,

    /// <summary>With the Tab key.</summary>
    Completion,

    /// <summary>Stopped in the middle.</summary>
    Cancellation,
}

/// <summary>Says what a test covers: the coverage table is made of these.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="aspects">How it is used.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CoversAttribute(string cmdlet, params Aspect[] aspects) : Attribute
{
    /// <summary>The cmdlet.</summary>
    public string Cmdlet { get; } = cmdlet;

    /// <summary>How it is used.</summary>
    public IReadOnlyList<Aspect> Aspects { get; } = aspects;
}

/// <summary>Says that a theory covers an aspect of each cmdlet that is the first argument of one of its rows.</summary>
/// <param name="aspect">How they are used.</param>
/// <param name="rows">The static member with the rows, of the theory's class.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CoversRowsAttribute(Aspect aspect, string rows) : Attribute
{
    /// <summary>How they are used.</summary>
    public Aspect Aspect { get; } = aspect;

    /// <summary>The static member with the rows.</summary>
    public string Rows { get; } = rows;
}

/// <summary>What is covered, cmdlet by cmdlet: read off the attributes of the tests.</summary>
internal static class Coverage
{
    /// <summary>The tests of each cell.</summary>
    public static ILookup<(string Cmdlet, Aspect Aspect), string> Cells { get; } = Find().ToLookup(cell => (cell.Cmdlet, cell.Aspect), cell => cell.Test);

    private static IEnumerable<(string Cmdlet, Aspect Aspect, string Test)> Find()
    {
        foreach (MethodInfo method in typeof(Coverage).Assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            string test = $"{method.DeclaringType!.Name}.{method.Name}";
            foreach (CoversAttribute covers in method.GetCustomAttributes<CoversAttribute>())
            {
                foreach (Aspect aspect in covers.Aspects)
                    yield return (covers.Cmdlet, aspect, test);
            }

            if (method.GetCustomAttribute<CoversRowsAttribute>() is { } rows)
            {
                IEnumerable<ITheoryDataRow> data = (IEnumerable<ITheoryDataRow>)method.DeclaringType.GetProperty(rows.Rows, BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;
                foreach (ITheoryDataRow row in data)
                    yield return ((string)row.GetData()[0]!, rows.Aspect, test);
            }
        }
    }
}
