using System.Buffers;
using System.Text;

namespace WgDynamic.Control.Tests;

/// <summary>What a request by hand leaves out is as its docstring says, and no list is null.</summary>
public class LeftOutTests
{
    [Theory]
    [InlineData("""{"request":"leases"}""")]
    [InlineData("""{"request":"leases","publicKeys":null,"addresses":null,"states":null,"pools":null}""")]
    [InlineData("""{"request":"revoke"}""")]
    [InlineData("""{"request":"reservations"}""")]
    [InlineData("""{"request":"pools"}""")]
    [InlineData("""{"request":"exclusions"}""")]
    [InlineData("""{"request":"events"}""")]
    [InlineData("""{"request":"watch","types":null}""")]
    public void A_list_that_is_left_out_is_empty(string json)
    {
        ControlRequest request = Read(json);
        Assert.All(
            request.GetType().GetProperties().Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)),
            property => Assert.Empty((System.Collections.IEnumerable)property.GetValue(request)!));
    }

    [Fact]
    public void A_pool_is_enabled_unless_it_is_said_not_to_be()
    {
        Assert.True(Enabled("""{"request":"addPool","range":"10.0.0.0/24"}"""));
        Assert.False(Enabled("""{"request":"addPool","range":"10.0.0.0/24","enabled":false}"""));
    }

    private static bool Enabled(string json) => Assert.IsType<AddPoolRequest>(Read(json)).Enabled;

    private static ControlRequest Read(string json) => ControlKinds.Requests.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
}
