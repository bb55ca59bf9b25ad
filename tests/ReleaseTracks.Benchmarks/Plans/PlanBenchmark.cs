using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Plans;

/// <summary>
/// A plan of 100 changes over 1,000 features: the making of it in this process, part by part, beside applying the same
/// changes and nothing else (the baseline); and the whole of it over HTTP against the real server, durably stored.
/// </summary>
public static class PlanBenchmark
{
    private const int Features = 1000;
    private const int Changes = 100;
    private const int Rounds = 30;
    private static readonly Actor Author = new(ActorKinds.Bootstrap, "bootstrap", "token");
    private static readonly Dictionary<TrackKey, long> Enrolled = new() { [TrackKey.Ai] = 100_000, [TrackKey.Innovative] = 400_000 };

    public static async Task<int> RunAsync()
    {
        var (state, now) = (Fill(), TimeProvider.System.GetUtcNow());
        var body = JsonElement.Parse(Body());
        var plan = Make(state, body, now);
        Print("baseline: apply the changes", () => plan.Changes.Aggregate(state, (before, change) => ChangeApplier.Apply(before, change, 3, new(), "")));
        Print("read and expand", () => Draft(state, body));
        var draft = Draft(state, body);
        Print("exposure", () => Exposure.Compare(draft.Before, draft.After));
        Print("exposure, loosening and rules", () => Judge(draft, now));
        Print("inverse", () => Inverse.Of(draft));
        var judged = Judge(draft, now);
        var terms = new PlanTerms("pl_bench", Author, Enrolled, now, TimeSpan.FromDays(1));
        Print("document, inverse and hash", () => PlanBuilder.Build(draft, judged, terms));
        Print("taking a document in", () => PlanBuilder.Read(plan.Document));
        Print("hash", () => PlanBuilder.Hash(plan.Document));
        Print("whole plan, in process", () => Make(state, body, now));
        Print("whole plan and folding its entry", () => Fold(state, EntryTypes.PlanProposed, Proposed(Make(state, body, now)), now));
        Console.WriteLine($"document: {Encoding.UTF8.GetByteCount(plan.Document.GetRawText()) / 1024} KB");
        await OverHttpAsync(body);
        return 0;
    }

    private static async Task OverHttpAsync(JsonElement body)
    {
        var data = Directory.CreateTempSubdirectory("releasetracks-bench").FullName;
        try
        {
            using var server = await ServerProcess.StartAsync(data);
            await ApplyAsync(server.Client, JsonElement.Parse(FillBody()));
            var times = new List<double>();
            for (var round = 0; round < Rounds + 5; round++)
            {
                var clock = Stopwatch.StartNew();
                using var answer = await server.Client.PostAsJsonAsync("/api/v1/plans", body);
                await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                if (round >= 5)
                    times.Add(clock.Elapsed.TotalMilliseconds);
            }

            Print("POST /api/v1/plans, durable", times);
            var applied = Stopwatch.StartNew();
            await ApplyAsync(server.Client, body);
            Print("propose, approve, apply, read back", [applied.Elapsed.TotalMilliseconds]);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task ApplyAsync(HttpClient client, JsonElement body)
    {
        var plan = await SendAsync(client, "/api/v1/plans", body);
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id").GetString()}", plan.GetProperty("hash").GetString());
        await SendAsync(client, $"{path}/approvals", new { hash, decision = "approve" });
        await SendAsync(client, $"{path}/apply", new { hash });
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{path}: {text}");
    }

    private static Plan Make(Snapshot state, JsonElement body, DateTimeOffset now)
    {
        var draft = Draft(state, body);
        return PlanBuilder.Build(draft, Judge(draft, now), new("pl_bench", Author, Enrolled, now, TimeSpan.FromDays(1)));
    }

    private static PlanDraft Draft(Snapshot state, JsonElement body)
    {
        var errors = new InputErrors();
        return PlanDraft.Read(body, state, errors) ?? throw new InvalidOperationException(errors.All[0].ToString());
    }

    private static PlanJudgement Judge(PlanDraft draft, DateTimeOffset now) => PlanRules.Judge(draft.Before, draft.After, Author, new(now, 1));

    private static Snapshot Fill()
    {
        var now = TimeProvider.System.GetUtcNow();
        var opened = Fold(Snapshot.Empty, EntryTypes.LedgerOpened, JsonElement.Parse("""{"origin":"bench","vkey":"bench"}"""), now);
        var tracks = Fold(opened, EntryTypes.DefaultsInstalled, Json.Object(json => json.WriteArray("changes", DefaultTracks.All.Select(track => new Change.TrackPut(track)), ChangeJson.Write)), now);
        return Draft(tracks, JsonElement.Parse(FillBody())).After;
    }

    private static Snapshot Fold(Snapshot state, string type, JsonElement data, DateTimeOffset now) =>
        SnapshotFold.Apply(state, LedgerEntryCodec.Read(LedgerEntryCodec.Write(new(state.Revision + 1, "e", now, Author, type, data))));

    private static JsonElement Proposed(Plan plan) => Json.Object(json =>
    {
        json.WritePropertyName("plan");
        plan.Document.WriteTo(json);
        json.WriteString("hash", plan.Hash);
    });

    private static string FillBody() => $$"""{"title":"fill","changes":[{{string.Join(',', Enumerable.Range(0, Features).Select(i => $$$"""
        {"op":"feature.put","feature":{"key":"feature-{{{i}}}","ai":true,"variants":{"off":false,"on":true},"fallback":"off",
         "disclosure":{"version":1,"text":"AI writes this."},"releases":{"ai":[{"variant":"on","weight":20},{"variant":"off","weight":80}]} } }
        """))}}]}""";

    private static string Body() => $$"""{"title":"widen","changes":[{{string.Join(',', Enumerable.Range(0, Changes).Select(i => $$"""
        {"op":"release.set","feature":"feature-{{i * (Features / Changes)}}","track":"ai","allocation":[{"variant":"on","weight":60},{"variant":"off","weight":40}]}
        """))}}]}""";

    private static void Print(string what, Func<object> work)
    {
        for (var i = 0; i < Rounds; i++)
            work();
        var cpu = Environment.CpuUsage.TotalTime;
        double[] times = [.. Enumerable.Range(0, Rounds).Select(_ =>
        {
            var clock = Stopwatch.StartNew();
            work();
            return clock.Elapsed.TotalMilliseconds;
        })];
        // On a busy machine the clock counts what others did; the processor's time does not.
        Print($"{what} (cpu {((Environment.CpuUsage.TotalTime - cpu) / Rounds).TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture)} ms)", times);
    }

    private static void Print(string what, IReadOnlyCollection<double> times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-55} median {times.Order().ElementAt(times.Count / 2),8:0.00} ms   worst {times.Max(),8:0.00} ms"));
}
