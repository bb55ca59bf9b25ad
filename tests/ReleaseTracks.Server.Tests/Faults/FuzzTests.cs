using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>
/// Mutated requests with a fixed seed. Whatever comes in, the answer is not a fault of the server, and the log holds no
/// exception. RELEASETRACKS_FUZZ sets how many; 200,000 take some minutes.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 20260301;
    private const int AtOnce = 16;

    private static readonly (string Call, string Body)[] Requests =
    [
        ("POST /ofrep/v1/evaluate/flags/f", """{"context":{"targetingKey":"user-1","organisation":"acme","plan":"pro","seats":12,"nested":{"a":[1,2.5e3,null,true]}}}"""),
        ("POST /ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"üser-\u00e9","country":"DE"}}"""),
        ("POST /api/v1/outcomes", """{"batchId":"b1","outcomes":[{"feature":"f","track":"ai","variant":"on","indicator":"availability","good":97,"bad":3}]}"""),
        ("PUT /api/v1/users/user-1/enrollment", """{"track":"innovative","disclosureVersion":1,"organisation":"acme"}"""),
        ("POST /api/v1/plans", """{"title":"t","reason":"r","changes":[{"op":"feature.put","feature":{"key":"g","name":"g","ai":true,"variants":{"off":false,"on":{"a":[1]}},"fallback":"off","disclosure":{"version":1,"text":"AI."},"releases":{"ai":[{"variant":"on","weight":50},{"variant":"off","weight":50}]}}}]}"""),
        ("POST /api/v1/objectives?format=openslo", """{"apiVersion":"openslo/v1","kind":"SLO","metadata":{"name":"a","annotations":{"releasetracks.track":"ai","releasetracks.id":"quality","releasetracks.indicator":"quality","releasetracks.on-breach":"rollback"}},"spec":{"service":"s","indicator":{"metadata":{"name":"a"},"spec":{"ratioMetric":{"counter":true,"good":{"metricSource":{"type":"Prometheus","spec":{"query":"g"}}},"total":{"metricSource":{"type":"Prometheus","spec":{"query":"t"}}}}}},"timeWindow":[{"duration":"28d","isRolling":true}],"budgetingMethod":"Occurrences","objectives":[{"target":0.95}]}}"""),
    ];

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : 5_000;

    [Fact]
    public async Task Requests_MutatedInAnyWay_AreNeverAFaultOfTheServer()
    {
        await using var server = await TestServer.StartAsync(new() { Settings = new Dictionary<string, string?> { ["ReleaseTracks:Access:WritesPerMinute"] = "100000000" } });
        await server.PutFeatureAsync(Api.Feature("f"));
        var faults = new ConcurrentQueue<string>();
        var kinds = new ConcurrentDictionary<int, int>();

        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            var random = new Random(Seed + i);
            var (call, body) = Requests[i % Requests.Length];
            var bytes = Mutate(random, Encoding.UTF8.GetBytes(body));
            var answer = await server.Admin.CallAsync(call, bytes);
            kinds.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (answer.Status >= 500)
                faults.Enqueue($"{Seed + i}: {call} {Convert.ToBase64String(bytes)} → {answer.Status} {answer.Text}");
            else if (answer.Status >= 400 && !answer.Text.StartsWith('{'))
                faults.Enqueue($"{Seed + i}: {call} {Convert.ToBase64String(bytes)} → {answer.Status} without a reason");
        });

        Assert.True(faults.IsEmpty, string.Join("\n", faults.Take(5)));
        // A rollback is critical, and may well come from what was reported.
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal)
            || (line.StartsWith("Critical", StringComparison.Ordinal) && !line.Contains(nameof(ControlTick), StringComparison.Ordinal)));
        Assert.Equal(200, (await server.Admin.CallAsync("GET /healthz/ready")).Status);
        // Mutations that are all refused, or none, would test little.
        Assert.True(kinds.GetValueOrDefault(200) > Count / 50 && kinds.GetValueOrDefault(400) > Count / 10, string.Join(", ", kinds));
    }

    private static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = body.ToList();
        for (var left = random.Next(4); left > 0; left--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 1 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, (byte)"{}[]\":,0-1eE.\\ntf\0"[random.Next(18)]); break;
                case 3 when bytes.Count > 1: bytes.RemoveRange(at / 2, Math.Min(random.Next(1, 12), bytes.Count - (at / 2))); break;
                case 4: bytes.InsertRange(at, bytes.Take(random.Next(1, 40)).ToArray()); break;
                case 5: bytes.InsertRange(at, Enumerable.Repeat((byte)'[', random.Next(1, 200))); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)])); break;
            }
        }

        return [.. bytes];
    }

    private static readonly string[] Values = ["null", "1e400", "-9223372036854775809", "\"\\ud800\"", "\"\\u0000\"", "0.1", "\"𝒳\"", "true", "{\"a\":1,\"a\":2}", "99999999999999999999"];
}
