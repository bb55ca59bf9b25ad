using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Server;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Store;

/// <summary>
/// Which track one of 1,000,000 users is on, in the server with its embedded store: the first time, against one HMGET of
/// the same record, and again, against a dictionary that is never wrong because nobody ever changes their mind.
/// </summary>
internal static class EnrollmentBenchmark
{
    private const int Users = 1_000_000;
    private const int AtOnce = 256;
    private const int Cold = 5_000;
    private const int Warm = 1_000_000;

    public static async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var data = Directory.CreateTempSubdirectory("rt-enrollments-");
        await using var app = ServerApp.Create(["--urls", "http://127.0.0.1:0", "--data-path", data.FullName], builder => builder.Logging.ClearProviders());
        try
        {
            await app.StartAsync();
            var store = app.Services.GetRequiredService<EnrollmentStore>();
            var began = Stopwatch.GetTimestamp();
            await FillAsync(store);
            var filled = Stopwatch.GetElapsedTime(began);
            var service = app.Services.GetRequiredService<EnrollmentService>();
            var picked = new Random(1).GetItems(Enumerable.Range(0, Users).ToArray(), Cold).Distinct().Select(Id).ToArray();
            return [await ColdAsync(service, store, picked, filled), Known(service, picked)];
        }
        finally
        {
            await app.StopAsync();
            data.Delete(recursive: true);
        }
    }

    private static Task FillAsync(EnrollmentStore store) => Parallel.ForAsync(
        0, Users, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var track = i % 3 == 0 ? TrackKey.Ai : TrackKey.Innovative;
            await store.ChangeAsync(Id(i), null, new(track, "user", DateTimeOffset.UnixEpoch, null, 1, 0), "{}"u8.ToArray());
        });

    private static async Task<Comparison> ColdAsync(EnrollmentService service, EnrollmentStore store, string[] users, TimeSpan filled)
    {
        // Another half for the baseline: what was read once may lie in memory afterwards.
        var (ours, bare) = (users[..(users.Length / 2)], users[(users.Length / 2)..]);
        var first = await TimesAsync(ours, async user => await service.TrackAsync(user, null));
        var raw = await TimesAsync(bare, store.GetAsync);
        return Comparison.Of(
            "track of one of 1,000,000 users, first time, p50", Quantile(first, 0.5), "one HMGET", Quantile(raw, 0.5), "µs",
            string.Create(CultureInfo.InvariantCulture, $"p99 {Quantile(first, 0.99):0} against {Quantile(raw, 0.99):0} µs; enrolling all of them took {filled.TotalSeconds:0} s"));
    }

    private static Comparison Known(EnrollmentService service, string[] users)
    {
        var known = users[..(users.Length / 2)];
        var dictionary = known.ToDictionary(user => user, _ => TrackKey.Ai, StringComparer.Ordinal);
        var sum = 0;
        var ours = Nanoseconds(i => sum += (int)AtOnceOf(service.TrackAsync(known[i % known.Length], null)));
        var bare = Nanoseconds(i => sum += (int)dictionary[known[i % known.Length]]);
        return Comparison.Of("track of one of 1,000,000 users, again", ours, "Dictionary", bare, "ns", sum == 0 ? "nobody is on a track" : "");
    }

    private static TrackKey AtOnceOf(ValueTask<TrackKey> found) =>
        found.IsCompletedSuccessfully ? found.Result : throw new InvalidOperationException("That user is known already.");

    private static async Task<double[]> TimesAsync<T>(string[] users, Func<string, Task<T>> find)
    {
        var times = new List<double>();
        foreach (var user in users)
        {
            var began = Stopwatch.GetTimestamp();
            await find(user);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return [.. times.Order()];
    }

    private static double Nanoseconds(Action<int> one)
    {
        for (var i = 0; i < Warm; i++)
            one(i);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Warm; i++)
            one(i);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Warm;
    }

    private static double Quantile(double[] sorted, double share) => sorted[(int)(sorted.Length * share)];

    private static string Id(int i) => $"user-{i}";
}
