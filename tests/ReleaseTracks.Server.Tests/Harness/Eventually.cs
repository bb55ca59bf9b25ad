using System.Diagnostics;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>Waits for a condition, with a bound.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, double seconds = 20)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            if (await probe() is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Not within {seconds} s: {what}");
    }

    public static Task TrueAsync(string what, Func<Task<bool>> probe, double seconds = 20) =>
        GetAsync(what, async () => await probe() ? "yes" : null, seconds);
}
