using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Access;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Benchmarks.Store;

/// <summary>A ledger of 100,000 entries in the embedded store of the published server: start, one inclusion proof over HTTP, and <c>ledger verify</c>.</summary>
internal static class LedgerBenchmark
{
    private const int Entries = 100_000;
    private const int Proofs = 500;

    public static async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var (empty, data) = (Directory.CreateTempSubdirectory("rt-empty-"), Directory.CreateTempSubdirectory("rt-ledger-"));
        try
        {
            var program = StartupBenchmark.Publish(Path.Combine(empty.FullName, "server"));
            var nothing = empty.CreateSubdirectory("data").FullName;
            await StartAsync(nothing, program);
            var bare = await StartAsync(nothing, program);
            var (filled, entries) = await FillAsync(data.FullName);
            // The first start after it was filled also cuts the log; the second is what a restart takes.
            await StartAsync(data.FullName, program);
            return [.. await ServeAsync(data.FullName, program, bare, filled), await VerifyAsync(data.FullName, entries)];
        }
        finally
        {
            empty.Delete(recursive: true);
            data.Delete(recursive: true);
        }
    }

    private static async Task<double> StartAsync(string data, string program)
    {
        using var server = await ServerProcess.StartAsync(data, program);
        return server.UntilReady.TotalSeconds;
    }

    private static async Task<Comparison[]> ServeAsync(string data, string program, double bare, TimeSpan filled)
    {
        using var server = await ServerProcess.StartAsync(data, program);
        var start = Comparison.Of(
            $"start with {Entries:#,0} ledger entries", server.UntilReady.TotalSeconds, "start of an empty server", bare, "s",
            string.Create(CultureInfo.InvariantCulture, $"{server.ResidentMegabytes:0} MB resident; appending one by one took {filled.TotalSeconds * 1000 / Entries:0.00} ms each"));
        return [start, await ProofAsync(server)];
    }

    private static async Task<(TimeSpan Took, List<byte[]> Entries)> FillAsync(string data)
    {
        await using var app = ServerApp.Create(["--urls", "http://127.0.0.1:0", "--data-path", data], builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        var ledger = app.Services.GetRequiredService<LedgerService>();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Entries; i++)
        {
            var feature = Json.Build(json => json.WriteRawValue($$$"""
                {"op":"feature.put","feature":{"key":"feature-{{{i % 100}}}","name":"Change {{{i}}}","variants":{"off":false,"on":true},"fallback":"off"} }
                """));
            var change = ChangeJson.Read(new JsonInput(feature, "", new()), Snapshot.Empty)!;
            await ledger.AppendAsync(
                new(ActorKinds.System, "benchmark", "in-process"),
                _ => new(EntryTypes.DefaultsInstalled, Json.Object(json => json.WriteArray("changes", [change], ChangeJson.Write))),
                CancellationToken.None);
        }

        var took = Stopwatch.GetElapsedTime(began);
        var entries = new List<byte[]>();
        await foreach (var entry in app.Services.GetRequiredService<LedgerStore>().ReadAllAsync(1))
            entries.Add(entry);
        await app.StopAsync();
        return (took, entries);
    }

    private static async Task<Comparison> ProofAsync(ServerProcess server)
    {
        var random = new Random(1);
        var proofs = await MedianAsync(server, () => $"/api/v1/ledger/{random.Next(1, Entries)}/proof");
        var bare = await MedianAsync(server, () => "/healthz/live");
        return Comparison.Of($"inclusion proof in {Entries:#,0} entries, over HTTP", proofs, "GET /healthz/live", bare, "µs");
    }

    private static async Task<double> MedianAsync(ServerProcess server, Func<string> path)
    {
        var times = new List<double>();
        for (var i = 0; i < Proofs * 2; i++)
        {
            var began = Stopwatch.GetTimestamp();
            (await server.Client.GetAsync(new Uri(path(), UriKind.Relative))).EnsureSuccessStatusCode();
            if (i >= Proofs)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static async Task<Comparison> VerifyAsync(string data, List<byte[]> entries)
    {
        using var output = new StringWriter();
        var began = Stopwatch.GetTimestamp();
        if (await LedgerVerifyCommand.RunAsync(["--data-path", data], output, output) != 0)
            throw new InvalidOperationException(output.ToString());
        var ours = Stopwatch.GetElapsedTime(began).TotalSeconds;
        began = Stopwatch.GetTimestamp();
        foreach (var entry in entries)
            SHA256.HashData(entry);
        return Comparison.Of(
            $"ledger verify, {entries.Count:#,0} entries", ours, "SHA-256 of each, in memory", Stopwatch.GetElapsedTime(began).TotalSeconds, "s",
            "opening the store, reading, hashing, folding and the signature");
    }
}
