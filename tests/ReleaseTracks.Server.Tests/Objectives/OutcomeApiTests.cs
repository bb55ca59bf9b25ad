using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Objectives;

[Collection(nameof(SharedServer))]
public sealed class OutcomeApiTests(SharedServer shared)
{
    [Fact]
    public async Task Batch_SentAgainAndAtOnce_CountsOnce()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("oc-once"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => shared.Sdk.CallAsync("POST /api/v1/outcomes", Batch("oc-b1", "oc-once", 90, 10))));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Single(answers, answer => answer.Json.GetProperty("counted").GetBoolean());
        var row = await RowAsync("oc-once", "availability", one => one.GetProperty("good").GetInt64() > 0);
        Assert.Equal((90, 10), (row.GetProperty("good").GetInt64(), row.GetProperty("bad").GetInt64()));
        var metrics = (await shared.Admin.CallAsync("GET /metrics")).Text;
        Assert.Contains("""releasetracks_outcomes_total{feature="oc-once",track="ai",variant="on",indicator="availability",outcome="bad"} 10""", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Budgets_Row_HasEveryMemberOfTheContract()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("oc-row"));
        await shared.Sdk.CallAsync("POST /api/v1/outcomes", Batch("oc-b2", "oc-row", 1000, 0));

        var row = await RowAsync("oc-row", "availability", one => one.GetProperty("good").GetInt64() == 1000 && one.GetProperty("verdict").GetString() == "Healthy");

        Assert.Equal(("ai", 0.99, "28d", "Healthy"), (
            row.GetProperty("track").GetString(), row.GetProperty("target").GetDouble(),
            row.GetProperty("window").GetString(), row.GetProperty("verdict").GetString()));
        Assert.Equal(1, row.GetProperty("remaining").GetDouble());
        foreach (var window in (string[])["5m", "30m", "1h", "6h"])
            Assert.Equal(0, row.GetProperty("burnRates").GetProperty(window).GetDouble());
        Assert.True(row.GetProperty("evidence").GetProperty("g").GetDouble() < 0);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("evidence").GetProperty("c1").ValueKind);
        Assert.True(row.GetProperty("dataAgeSeconds").GetDouble() >= 0);
        Assert.NotEqual(0, row.GetProperty("reasons").GetArrayLength());
        var silent = await RowAsync("oc-row", "quality", _ => true);
        Assert.Equal(("Error", JsonValueKind.Null), (silent.GetProperty("verdict").GetString(), silent.GetProperty("remaining").ValueKind));
        var track = await RowAsync(null, "availability", _ => true);
        Assert.Equal("ai", track.GetProperty("track").GetString());
    }

    [Fact]
    public async Task Feedback_FromAUser_IsHarmOfWhatTheyHave()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("oc-harm"));
        await shared.Server.EnrolAsync("oc-user", "ai", 1);

        var answer = await shared.Sdk.CallAsync("POST /api/v1/feedback", """{"feature":"oc-harm","user":"oc-user","category":"offensive","text":"It was rude."}""");

        Assert.Equal(202, answer.Status);
        var report = (await shared.Admin.CallAsync("GET /api/v1/feedback")).Json.EnumerateArray().First(one => one.GetProperty("feature").GetString() == "oc-harm");
        Assert.Equal(("ai", "on", "It was rude."), (report.GetProperty("track").GetString(), report.GetProperty("variant").GetString(), report.GetProperty("text").GetString()));
        var row = await RowAsync("oc-harm", "harm", one => one.GetProperty("bad").GetInt64() > 0);
        Assert.Equal(1, row.GetProperty("bad").GetInt64());
        Assert.False(shared.Server.Log.Contains("It was rude."));
    }

    [Theory]
    [InlineData("""{"batchId":"x","outcomes":[]}""", "outcomes")]
    [InlineData("""{"outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"availability","good":1,"bad":0}]}""", "batchId")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-none","track":"ai","variant":"on","indicator":"availability","good":1,"bad":0}]}""", "outcomes[0].feature")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"beta","variant":"on","indicator":"availability","good":1,"bad":0}]}""", "outcomes[0].track")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"blue","indicator":"availability","good":1,"bad":0}]}""", "outcomes[0].variant")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"joy","good":1,"bad":0}]}""", "outcomes[0].indicator")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"availability","good":-1,"bad":0}]}""", "outcomes[0].good")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"availability","good":1e400,"bad":0}]}""", "outcomes[0].good")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"availability","good":1.5,"bad":0}]}""", "outcomes[0].good")]
    [InlineData("""{"batchId":"x","outcomes":[{"feature":"oc-bad","track":"ai","variant":"on","indicator":"availability","good":1,"bad":9223372036854775807}]}""", "outcomes[0].bad")]
    public async Task Batch_NotValid_IsRefusedByPathAndCountsNothing(string body, string path)
    {
        await shared.Server.PutFeatureAsync(Api.Feature("oc-bad"));

        var answer = await shared.Sdk.CallAsync("POST /api/v1/outcomes", body);

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Equal([path], answer.ErrorPaths);
        Assert.DoesNotContain("releasetracks_outcomes_total{feature=\"oc-bad\"", (await shared.Admin.CallAsync("GET /metrics")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_SameRevision_IsNotSentAgain()
    {
        var first = await shared.Sdk.CallAsync("GET /api/v1/snapshot");
        using var client = shared.Server.Client(Harness.TestServer.BootstrapToken);
        client.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", first.Raw.Headers.ETag!.ToString());

        Assert.Equal($"\"{first.Json.GetProperty("revision").GetInt64()}\"", first.Raw.Headers.ETag!.Tag);
        var again = await client.CallAsync("GET /api/v1/snapshot");
        Assert.True(again.Status == 304 || again.Json.GetProperty("revision").GetInt64() > first.Json.GetProperty("revision").GetInt64());
    }

    private static string Batch(string id, string feature, long good, long bad) =>
        $$"""{"batchId":"{{id}}","outcomes":[{"feature":"{{feature}}","track":"ai","variant":"on","indicator":"availability","good":{{good}},"bad":{{bad}}}]}""";

    private async Task<JsonElement> RowAsync(string? feature, string objective, Func<JsonElement, bool> condition)
    {
        JsonElement found = default;
        await Eventually.TrueAsync(
            async () =>
            {
                found = (await shared.Admin.CallAsync("GET /api/v1/budgets")).Json.EnumerateArray().FirstOrDefault(row =>
                    row.GetProperty("feature").GetString() == feature && row.GetProperty("track").GetString() == "ai"
                    && row.GetProperty("objective").GetString() == objective);
                return found.ValueKind == JsonValueKind.Object && condition(found);
            },
            $"the row {feature} {objective}");
        return found;
    }
}
