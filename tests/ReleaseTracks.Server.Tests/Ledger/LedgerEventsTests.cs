using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class LedgerEventsTests
{
    private static readonly JsonEventFormatter Reader = new();

    [Fact]
    public async Task Entries_AsCloudEvents_CanBeReadInPagesWithoutGapOrRepetition()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.KillAsync("smart-replies");
        var (person, link) = await server.InviteAsync("Zoë <script>", "viewer");
        using (await server.OpenAsync(link))
            await server.CreateKeyAsync("shop");
        var plain = Lines((await server.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text);

        var (events, next) = (new List<CloudEvent>(), "/api/v1/ledger?format=cloudevents&limit=3");
        for (var page = await server.Admin.CallAsync("GET " + next); page.Text.Length > 0; page = await server.Admin.CallAsync("GET " + next))
        {
            Assert.StartsWith("application/x-ndjson", page.ContentType, StringComparison.Ordinal);
            events.AddRange(Lines(page.Text).Select(line => Reader.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(line), null, [.. Sequence.AllAttributes])));
            next = page.Raw.Headers.GetValues("Link").Single()[1..].Split('>')[0];
        }

        Assert.Equal(plain.Length, events.Count);
        Assert.All(plain.Zip(events), pair => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(pair.First), (JsonElement)pair.Second.Data!)));
        Assert.Equal(Enumerable.Range(1, plain.Length).Select(seq => seq.ToString(System.Globalization.CultureInfo.InvariantCulture)), events.Select(happened => happened["sequence"]));
        Assert.Equal(events.Count, events.Select(happened => happened.Id).Distinct().Count());
        Assert.Single(events.Select(happened => happened.Source).Distinct());
        Assert.All(events, happened => Assert.True(happened.IsValid));
        Assert.Equal("smart-replies", events.Single(happened => happened.Type == "releasetracks.feature.killed").Subject);
        Assert.Equal(person, events.Single(happened => happened.Type == "releasetracks.person.signed-in").Subject);
        Assert.StartsWith("pl_", events.First(happened => happened.Type == "releasetracks.plan.proposed").Subject, StringComparison.Ordinal);
        Assert.Equal(JsonElement.Parse(plain[^1]).GetProperty("at").GetDateTimeOffset(), events[^1].Time);
    }

    [Fact]
    public async Task EveryEntry_OfEveryKindOfWrite_NamesItsActor()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        using var sre = await server.SignInAsync("sre");
        await sre.CallAsync("POST /api/v1/features/smart-replies/rollback", """{"track":"ai","reason":"test"}""");
        await sre.CallAsync("POST /sign-out");

        var entries = Lines((await server.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text).Select(line => JsonElement.Parse(line)).ToArray();

        foreach (var actor in entries.Select(entry => entry.GetProperty("actor")))
        {
            Assert.Contains(actor.GetProperty("kind").GetString(), (string[])["system", "bootstrap", "person"]);
            Assert.DoesNotContain("unknown", actor.GetRawText(), StringComparison.Ordinal);
        }

        foreach (var type in (string[])["rollback.committed", "person.signed-out"])
        {
            var actor = entries.Single(entry => entry.GetProperty("type").GetString() == type).GetProperty("actor");
            Assert.Equal(("person", "invitation"), (actor.GetProperty("kind").GetString(), actor.GetProperty("method").GetString()));
        }
    }

    [Fact]
    public async Task Format_Unknown_IsRefusedByName()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.Admin.CallAsync("GET /api/v1/ledger?format=xml");

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Equal(["format"], answer.ErrorPaths);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
