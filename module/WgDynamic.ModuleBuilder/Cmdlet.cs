using System.Reflection;

namespace WgDynamic.ModuleBuilder;

/// <summary>A parameter in one of a cmdlet's parameter sets.</summary>
/// <param name="Property">What holds it.</param>
/// <param name="Set">Null: in all sets.</param>
/// <param name="Position">Null: by name only.</param>
/// <param name="Mandatory">Whether it must be given.</param>
/// <param name="Pipeline">How it binds from the pipeline.</param>
internal sealed record Parameter(PropertyInfo Property, string? Set, int? Position, bool Mandatory, string Pipeline)
{
    public string Name => Property.Name;

    public bool IsSwitch => Property.PropertyType.Name == "SwitchParameter";

    /// <summary>As PowerShell's users write the type.</summary>
    public string TypeName => Short(Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType);

    public bool TakesWildcards => Property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "SupportsWildcardsAttribute");

    public string Aliases => Property.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "AliasAttribute") is { } alias
        ? string.Join(", ", ((IReadOnlyCollection<CustomAttributeTypedArgument>)alias.ConstructorArguments[0].Value!).Select(name => name.Value))
        : "";

    /// <summary>What may be given, where it is a choice.</summary>
    public IReadOnlyList<string> Values => Property.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "ValidateSetAttribute") is { } set
        ? [.. ((IReadOnlyCollection<CustomAttributeTypedArgument>)set.ConstructorArguments[0].Value!).Select(value => (string)value.Value!)]
        : [];

    public static string Short(Type type) => type.IsArray ? Short(type.GetElementType()!) + "[]" : type.Name;
}

/// <summary>A cmdlet, read from its attributes: PowerShell, which would instantiate them, is not here.</summary>
internal sealed class Cmdlet
{
    private Cmdlet(Type type, CustomAttributeData attribute)
    {
        Type = type;
        Verb = (string)attribute.ConstructorArguments[0].Value!;
        Noun = (string)attribute.ConstructorArguments[1].Value!;
        DefaultSet = Named(attribute, "DefaultParameterSetName") as string;
        SupportsShouldProcess = Named(attribute, "SupportsShouldProcess") is true;
        Outputs = [.. type.CustomAttributes.Where(output => output.AttributeType.Name == "OutputTypeAttribute")
            .SelectMany(output => output.ConstructorArguments)
            .SelectMany(argument => argument.Value is IReadOnlyCollection<CustomAttributeTypedArgument> many ? many.Select(one => (Type)one.Value!) : [(Type)argument.Value!])];
        Parameters = [.. type.GetProperties().SelectMany(property => property.CustomAttributes.Where(parameter => parameter.AttributeType.Name == "ParameterAttribute").Select(parameter => Read(property, parameter)))];
    }

    public Type Type { get; }

    public string Verb { get; }

    public string Noun { get; }

    public string Name => $"{Verb}-{Noun}";

    public string? DefaultSet { get; }

    public bool SupportsShouldProcess { get; }

    public IReadOnlyList<Type> Outputs { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    public static IReadOnlyList<Cmdlet> All(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Select(type => (Type: type, Attribute: type.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "CmdletAttribute")))
            .Where(item => item.Attribute is not null)
            .Select(item => new Cmdlet(item.Type, item.Attribute!))
            .OrderBy(cmdlet => cmdlet.Noun, StringComparer.Ordinal).ThenBy(cmdlet => cmdlet.Verb, StringComparer.Ordinal),
    ];

    /// <summary>The parameter sets, the default one first; a cmdlet without any has one.</summary>
    public IEnumerable<IReadOnlyList<Parameter>> Sets()
    {
        string?[] names = [.. Parameters.Select(parameter => parameter.Set).Where(set => set is not null).Distinct().OrderBy(set => set != DefaultSet)];
        return names.Length == 0 ? [Ordered(null)] : names.Select(Ordered);
    }

    private List<Parameter> Ordered(string? set) =>
    [
        .. Parameters.Where(parameter => parameter.Set is null || parameter.Set == set)
            .OrderBy(parameter => parameter.Position ?? int.MaxValue).ThenBy(parameter => !parameter.Mandatory).ThenBy(parameter => parameter.Name, StringComparer.Ordinal),
    ];

    private static Parameter Read(PropertyInfo property, CustomAttributeData attribute)
    {
        bool byValue = Named(attribute, "ValueFromPipeline") is true, byName = Named(attribute, "ValueFromPipelineByPropertyName") is true;
        return new Parameter(
            property,
            Named(attribute, "ParameterSetName") as string,
            Named(attribute, "Position") as int?,
            Named(attribute, "Mandatory") is true,
            (byValue, byName) switch { (true, true) => "True (ByValue, ByPropertyName)", (true, false) => "True (ByValue)", (false, true) => "True (ByPropertyName)", _ => "False" });
    }

    private static object? Named(CustomAttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value;
}
