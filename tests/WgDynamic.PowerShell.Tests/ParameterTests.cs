using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests;

/// <summary>The parameters: that there are those that were promised, and that they are the same wherever they mean the same.</summary>
public sealed class ParameterTests : IDisposable
{
    private readonly Session _session = new();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_has_the_parameters_that_were_promised()
    {
        List<string> missing = [];
        foreach (CmdletInfo command in _session.Commands)
        {
            foreach (string promised in Surface.Cmdlets[command.Name])
            {
                string name = promised.TrimEnd('[', ']');
                if (!command.Parameters.TryGetValue(name, out ParameterMetadata? parameter))
                    missing.Add($"{command.Name} -{name}");
                else if (promised.EndsWith(']') && !parameter.ParameterType.IsArray)
                    missing.Add($"{command.Name} -{name}: takes one only");
            }
        }

        Problems.AssertNone(missing);
    }

    [Fact]
    public void Whatever_asks_a_daemon_has_Interface_first_with_its_aliases_and_takes_it_from_objects()
    {
        Assert.All(_session.Commands.Where(command => !Surface.WithoutDaemon.Contains(command.Name)), command =>
        {
            Assert.All(Surface.Shared, name => Assert.True(command.Parameters.ContainsKey(name), $"{command.Name} -{name}"));
            ParameterMetadata parameter = command.Parameters["Interface"];
            Assert.Equal(["InterfaceAlias", "InterfaceName"], parameter.Aliases.Order(StringComparer.Ordinal));
            Assert.Contains(parameter.Attributes.OfType<ParameterAttribute>(), binding => binding.Position == 0);
            Assert.Contains(parameter.Attributes.OfType<ParameterAttribute>(), binding => binding.ValueFromPipelineByPropertyName);
        });
    }

    [Fact]
    public void Whatever_changes_something_has_WhatIf_and_Confirm_and_nothing_else_has()
    {
        string[] changing = [.. _session.Commands.Where(command => !Surface.ReadingVerbs.Contains(command.Verb)).Select(command => command.Name)];
        Assert.Equal(changing, _session.Commands.Where(command => command.Parameters.ContainsKey("WhatIf")).Select(command => command.Name));
        Assert.Equal(changing, _session.Commands.Where(command => command.Parameters.ContainsKey("Confirm")).Select(command => command.Name));
        Assert.Equal(changing, _session.Commands.Where(command => Attribute(command).SupportsShouldProcess).Select(command => command.Name));
    }

    [Fact]
    public void What_cannot_be_undone_asks_first() =>
        Assert.Contains("Remove-WgLease", _session.Commands.Where(command => Attribute(command).ConfirmImpact == ConfirmImpact.High).Select(command => command.Name));

    [Fact]
    public void Every_cmdlet_says_what_it_gives() =>
        Assert.Equal([], _session.Commands.Where(command => command.OutputType.Count == 0).Select(command => command.Name));

    [Fact]
    public void Every_Get_pipes_into_every_change_of_the_same_noun_because_properties_are_named_as_parameters()
    {
        List<string> wrong = [];
        foreach (CmdletInfo get in _session.Commands.Where(command => command.Verb == "Get"))
        {
            if (get.OutputType is not [{ Type: { } type }, ..])
                continue;
            HashSet<string> properties = [.. type.GetProperties().Select(property => property.Name)];
            foreach (CmdletInfo change in _session.Commands.Where(command => command.Noun == get.Noun && command.Parameters.ContainsKey("WhatIf") && command.Verb is not "Add" and not "New"))
            {
                foreach (ParameterMetadata mandatory in change.Parameters.Values.Where(parameter => parameter.ParameterSets.Values.All(set => set.IsMandatory)))
                {
                    bool binds = mandatory.Attributes.OfType<ParameterAttribute>().Any(binding => binding.ValueFromPipeline || binding.ValueFromPipelineByPropertyName)
                        && (properties.Contains(mandatory.Name) || mandatory.Aliases.Any(properties.Contains) || mandatory.ParameterType == type);
                    if (!binds)
                        wrong.Add($"{get.Name} | {change.Name}: -{mandatory.Name}");
                }
            }
        }

        Problems.AssertNone(wrong);
    }

    [Fact]
    public void What_comes_out_is_made_of_types_that_survive_a_file()
    {
        Type[] plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(decimal), typeof(DateTime), typeof(TimeSpan), typeof(System.Numerics.BigInteger)];
        Problems.AssertNone((from command in _session.Commands
                             from output in command.OutputType
                             where IsOurs(output.Type)
                             from problem in ProblemsOf(output.Type)
                             select $"{command.Name}: {problem}").Distinct());

        IEnumerable<string> ProblemsOf(Type type) => type.GetProperties().Where(property => !IsPlain(property.PropertyType)).Select(property => $"{type.Name}.{property.Name} is a {property.PropertyType}");

        // Also lists of plain things, names with numbers, and lists of objects of ours for which the same holds: these survive JSON.
        bool IsPlain(Type type) => plain.Contains(Nullable.GetUnderlyingType(type) ?? type) || type.IsEnum
            || (type.IsArray && (IsPlain(type.GetElementType()!) || (IsOurs(type.GetElementType()) && !ProblemsOf(type.GetElementType()!).Any())))
            || typeof(IReadOnlyDictionary<string, long>).IsAssignableFrom(type);

        static bool IsOurs(Type? type) => type?.Namespace?.StartsWith("WgDynamic", StringComparison.Ordinal) == true;
    }

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("12h", 43200)]
    [InlineData("7d", 604800)]
    [InlineData("01:30:00", 5400)]
    [InlineData("([timespan]::FromMinutes(2))", 120)]
    public void A_duration_may_be_written_in_many_ways_and_a_number_is_seconds(string written, int seconds)
    {
        string[] all = [.. _session.Commands.SelectMany(command => command.Parameters.Values.Where(parameter => parameter.ParameterType == typeof(TimeSpan) || parameter.ParameterType == typeof(TimeSpan?)).Select(parameter => $"{command.Name} {parameter.Name}")).Where(name => !name.EndsWith(" OperationTimeout", StringComparison.Ordinal))];
        Assert.NotEmpty(all);
        Assert.All(all, name =>
        {
            (string command, string parameter) = (name.Split(' ')[0], name.Split(' ')[1]);
            ArgumentTransformationAttribute[] transformations = [.. _session.Commands.Single(info => info.Name == command).Parameters[parameter].Attributes.OfType<ArgumentTransformationAttribute>()];
            object value = _session.Run(written.StartsWith('(') || int.TryParse(written, out _) ? written : $"'{written}'").Single();
            foreach (ArgumentTransformationAttribute transformation in transformations)
                value = transformation.Transform(null!, value);
            Assert.Equal(TimeSpan.FromSeconds(seconds), LanguagePrimitives.ConvertTo<TimeSpan>(value));
        });
    }

    private static CmdletAttribute Attribute(CmdletInfo command) =>
        command.ImplementingType.GetCustomAttributes(typeof(CmdletAttribute), true).Cast<CmdletAttribute>().Single();
}
