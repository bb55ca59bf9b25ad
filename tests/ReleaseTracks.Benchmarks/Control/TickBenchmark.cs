using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Access;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Ledger;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Benchmarks.Control;

/// <summary>
/// One round of the control loop with every feature busy: decide, commit to the embedded store, publish. The baseline, in
/// the same run, only turns the same counters into events. Reading Prometheus is left out here:
/// its number of queries does not depend on the features (the server's scale test shows it).
/// </summary>
public static class TickBenchmark
{
    private const int Rounds = 15;
    private static readonly int[] Sizes = [10, 1_000, 10_000];

    internal static async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var rows = new List<Comparison>();
        foreach (var size in Sizes)
            rows.Add(await MeasureAsync(size));
        return rows;
    }

    private static async Task<Comparison> MeasureAsync(int features)
    {
        var data = Directory.CreateTempSubdirectory("releasetracks-bench").FullName;
        var source = new BusyFeatures(features);
        await using var app = ServerApp.Create(["--urls", "http://127.0.0.1:0", "--data-path", data], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ReleaseTracks:Control:Interval"] = "5m" });
            builder.Services.AddSingleton<IOutcomeSource>(source);
        });
        try
        {
            await app.StartAsync();
            await PutAsync(app.Services.GetRequiredService<LedgerService>(), features);
            // The loop of the server itself sleeps for minutes; its lease is taken from it.
            await app.Services.GetRequiredService<StoreConnection>().Database.KeyDeleteAsync(StoreKeys.ControlLease);
            var lease = await app.Services.GetRequiredService<LeaseStore>().TryAcquireAsync("benchmark", TimeSpan.FromHours(1))
                ?? throw new InvalidOperationException("The lease is not free.");
            var tick = app.Services.GetRequiredService<ControlTick>();
            tick.Reset();
            var (wall, cpu, allocated) = await TimeAsync(() => tick.RunAsync(lease, CancellationToken.None));
            var rows = app.Services.GetRequiredService<BudgetBoard>().Rows().Length;
            var baseline = Deltas(source);
            return Comparison.Of(
                $"control loop, {features} busy features, {rows} rows", wall, "counting the same deltas", baseline, "ms",
                string.Create(CultureInfo.InvariantCulture, $"{cpu:0} ms CPU, {allocated / 1024 / 1024:0} MB allocated"));
        }
        finally
        {
            await app.StopAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    /// <returns>Medians of wall time and CPU time of the process in ms, and of bytes allocated.</returns>
    private static async Task<(double Wall, double Cpu, double Allocated)> TimeAsync(Func<Task<bool>> round)
    {
        List<double> walls = [], cpus = [], bytes = [];
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            var (began, cpu, allocated) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            if (!await round())
                throw new InvalidOperationException("The round was refused.");
            walls.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            cpus.Add((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
            bytes.Add(GC.GetTotalAllocatedBytes() - allocated);
        }

        return (Median(walls), Median(cpus), Median(bytes));
    }

    private static double Deltas(BusyFeatures source)
    {
        var deltas = new CounterDeltas();
        var times = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var reading = source.Read();
            var began = Stopwatch.GetTimestamp();
            deltas.Apply(reading);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return Median(times);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task PutAsync(LedgerService ledger, int features)
    {
        foreach (var part in Enumerable.Range(0, features).Chunk(1000))
        {
            await ledger.AppendAsync(
                new(ActorKinds.System, "benchmark", "in-process"),
                _ => new(EntryTypes.DefaultsInstalled, Json.Object(json => json.WriteArray("changes", part, (writer, i) => ChangeJson.Write(writer, Put(i))))),
                CancellationToken.None);
        }
    }

    private static Change Put(int i)
    {
        var json = Json.Build(writer => writer.WriteRawValue($$$"""
            {"op":"feature.put","feature":{"key":"{{{BusyFeatures.Key(i)}}}","name":"f","ai":true,"variants":{"off":false,"on":true},"fallback":"off",
             "disclosure":{"version":1,"text":"An AI answers."},"releases":{"ai":[{"variant":"on","weight":50},{"variant":"off","weight":50}] } } }
            """));
        return ChangeJson.Read(new JsonInput(json, "", new()), Snapshot.Empty)!;
    }
}
