using System.Buffers;
using System.Text;
using System.Text.Json;

namespace WgDynamic.Control.Tests;

/// <summary>What a line says that it is.</summary>
public class KindsTests
{
    [Theory]
    [InlineData("""{"request":"status"}""")]
    [InlineData("""{"version":1,"request":"status"}""")]
    [InlineData("""{"\u0072equest":"st\u0061tus"}""")]
    public void It_is_found_wherever_it_stands_and_however_it_is_written(string json) => Assert.IsType<StatusRequest>(Read(json));

    [Theory]
    [InlineData("""{"request":"lease"}""", "there is no request 'lease'")]
    [InlineData("""{"request":"Status"}""", "there is no request 'Status'")]
    [InlineData("""{"request":"a\u001bb"}""", "its request is none that is known")]
    [InlineData("""{"request":"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"}""", "its request is none that is known")]
    [InlineData("""{"request":""}""", "there is no request ''")]
    [InlineData("""{"request":1}""", "it needs a request")]
    [InlineData("""{"x":{"request":"status"}}""", "it needs a request")]
    [InlineData("{}", "it needs a request")]
    [InlineData("null", "it needs a request")]
    [InlineData("[\"request\",\"status\"]", "it needs a request")]
    [InlineData("""{"request":"status"}{}""", "after a single JSON value")]
    public void What_is_wrong_with_it_is_said(string json, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<JsonException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static ControlRequest Read(string json) => ControlKinds.Requests.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
}
