using System.Diagnostics;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>Waits for a condition with a bound, instead of sleeping and hoping.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? bound = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, bound);

    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null) =>
        TrueAsync(what, condition, (bound ?? TimeSpan.FromSeconds(20)).TotalSeconds);

    public static Task TrueAsync(string what, Func<Task<bool>> probe, double seconds = 20) =>
        GetAsync(what, async () => await probe() ? "yes" : null, seconds);

    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, double seconds = 20)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe() is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                throw new TimeoutException($"Not within {seconds:0} s: {what}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
