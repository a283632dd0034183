using Microsoft.Extensions.Time.Testing;

namespace WgDynamic.Server.Tests;

/// <summary>A clock that a test moves, and whose time of day can be wrong while time passes as ever.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    /// <summary>How far ahead the time of day is.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    // The base class asks what is above.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
