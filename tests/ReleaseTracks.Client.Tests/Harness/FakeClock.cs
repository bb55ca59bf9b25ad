using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>Moves a clock on until something has happened on real sockets.</summary>
internal static class FakeClock
{
    public static FakeTimeProvider At() => new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public static Task RunUntilAsync(this FakeTimeProvider time, Func<bool> condition, string what, double secondsPerStep = 1) => Eventually.TrueAsync(
        () =>
        {
            if (condition())
                return true;
            time.Advance(TimeSpan.FromSeconds(secondsPerStep));
            return condition();
        },
        what,
        ClientApp.Bound);
}
