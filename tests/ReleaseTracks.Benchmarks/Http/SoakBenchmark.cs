using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// The server with its embedded store under a steady load, a line a minute: 2,000 evaluations a second, outcomes of all of
/// them every second, and users who come and go. What grows, or fails, is seen in the lines. With --reports 30 as much is
/// stored in a minute as otherwise in half an hour.
/// </summary>
internal static class SoakBenchmark
{
    private const int Features = 20;
    private const int Users = 2_000;
    private const int PerRound = 200;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] args)
    {
        var (minutes, reports) = (Switch(args, "--minutes", 30), Switch(args, "--reports", 1));
        var data = Directory.CreateTempSubdirectory("rt-soak-");
        try
        {
            using var server = await ServerProcess.StartAsync(data.FullName);
            await ServerProcess.PutFeaturesAsync(server.Client, Enumerable.Range(0, Features).Select(i => $"feature-{i}"));
            var load = new Load(server.Client, reports);
            Console.WriteLine("| minute | evaluations/s | failed | slowest ms | resident MB | handles | store MB | CPU % |");
            Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
            for (var minute = 1; minute <= minutes; minute++)
            {
                var (cpu, began) = (server.Cpu, Stopwatch.GetTimestamp());
                var (done, slowest) = await load.MinuteAsync();
                var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {minute} | {done / seconds:0} | {load.Failed} | {slowest.TotalMilliseconds:0} | {server.ResidentMegabytes:0} | {server.Handles} | {Megabytes(data):0.0} | {(server.Cpu - cpu).TotalSeconds / seconds * 100:0} |"));
            }

            return load.Failed == 0 ? 0 : 1;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static int Switch(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private static double Megabytes(DirectoryInfo data) => data.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1024.0 / 1024.0;

    private sealed class Load(HttpClient client, int reports)
    {
        private readonly Random random = new(1);
        private long failed;

        public long Failed => Interlocked.Read(ref failed);

        public async Task<(long Done, TimeSpan Slowest)> MinuteAsync()
        {
            var began = Stopwatch.GetTimestamp();
            var (done, slowest, next) = (0L, TimeSpan.Zero, Round);
            for (var round = 0; Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1); round++, next += Round)
            {
                var took = await Task.WhenAll(Enumerable.Range(0, PerRound).Select(_ => EvaluateAsync()));
                (done, slowest) = (done + PerRound, took.Append(slowest).Max());
                for (var report = 0; round % 10 == 0 && report < reports; report++)
                    await ReportAsync();
                if (next - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
                    await Task.Delay(early, TimeProvider.System);
            }

            return (done, slowest);
        }

        private async Task<TimeSpan> EvaluateAsync()
        {
            var began = Stopwatch.GetTimestamp();
            await SendAsync(HttpMethod.Post, $"/ofrep/v1/evaluate/flags/feature-{random.Next(Features)}", new { context = new { targetingKey = $"user-{random.Next(Users)}" } });
            return Stopwatch.GetElapsedTime(began);
        }

        /// <summary>What the last second's evaluations led to, as a product would report it, and one user's change of mind.</summary>
        private async Task ReportAsync()
        {
            var outcomes = Enumerable.Range(0, Features)
                .Select(i => new { feature = $"feature-{i}", track = "ai", variant = "on", indicator = "availability", good = 100, bad = random.Next(20) == 0 ? 1 : 0 });
            await SendAsync(HttpMethod.Post, "/api/v1/outcomes", new { batchId = Guid.NewGuid().ToString("N"), outcomes });
            await SendAsync(HttpMethod.Put, $"/api/v1/users/user-{random.Next(Users)}/enrollment", new { track = "ai", disclosureVersion = 1 });
            await SendAsync(HttpMethod.Delete, $"/api/v1/users/user-{random.Next(Users)}/enrollment", null);
        }

        private async Task SendAsync(HttpMethod method, string path, object? body)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
            try
            {
                using var answer = await client.SendAsync(request);
                if (!answer.IsSuccessStatusCode && Interlocked.Increment(ref failed) <= 3)
                    Console.WriteLine($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
            catch (HttpRequestException lost)
            {
                if (Interlocked.Increment(ref failed) <= 3)
                    Console.WriteLine($"{path}: {lost.Message}");
            }
        }
    }
}
