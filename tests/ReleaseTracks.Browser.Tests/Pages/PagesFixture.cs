using Microsoft.Playwright;
using ReleaseTracks.Access;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Sessions;

namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>
/// One server with something of everything (healthy, burning, silent, rolled back by the loop and by hand, plans in every
/// state), and somebody who may see all of it in every theme and width.
/// </summary>
public sealed class PagesFixture(Chromium chromium) : IAsyncLifetime
{
    private static readonly Actor Administrator = new(ActorKinds.System, "tests", "in-process");
    private readonly Dictionary<(ColorScheme, int), Tab> tabs = [];
    private readonly Dictionary<string, string> places = [];
    private Tab? nobody;

    public LiveServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await LiveServer.StartAsync();
        // The last administrator could not be demoted, so whichever test comes first, there is one.
        await Server.Get<PersonSessions>().AsOwnerAsync(TestContext.Current.CancellationToken);
        await FillAsync();
        await PlanAsync();
        places["{me-on}"] = await TicketAsync("ada");
        places["{me-off}"] = await TicketAsync("bob");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tab in tabs.Values.Append(nobody).OfType<Tab>())
            await tab.DisposeAsync();
        await Server.DisposeAsync();
    }

    public string AddressOf(PageRow row) => places.Aggregate(row.Path, (path, place) => path.Replace(place.Key, place.Value, StringComparison.Ordinal));

    /// <summary>Signed in with every role, and kept from page to page.</summary>
    public async Task<Tab> TabAsync(ColorScheme scheme, int width)
    {
        if (tabs.TryGetValue((scheme, width), out var known))
            return known;
        var tab = tabs[(scheme, width)] = await chromium.OpenAsync(Server, width, scheme);
        await tab.SignInAsync();
        return tab;
    }

    /// <summary>Somebody without any role, kept from page to page.</summary>
    public async Task<Tab> NobodyAsync() => nobody ??= await SignInAsync();

    /// <summary>Somebody whose roles are these and no others, although nobody can be invited without any.</summary>
    public async Task<Tab> SignInAsync(params string[] roles)
    {
        var tab = await chromium.OpenAsync(Server);
        await tab.Page.GotoAsync(await Server.InviteAsync($"Guest {Server.Revision}", "viewer"));
        await GiveNewestAsync(roles);
        return tab;
    }

    public async Task GiveNewestAsync(params string[] roles)
    {
        var people = await Server.GetAsync("/api/v1/people");
        var given = await Server.Get<PeopleService>().ChangeAsync(
            people[people.GetArrayLength() - 1].GetProperty("id").GetString()!, null, [.. roles], Administrator, TestContext.Current.CancellationToken);
        Assert.Null(given.Refusal);
    }

    /// <summary>Data that nobody renews turns to Error within a minute, and rightly so.</summary>
    public async Task FreshenAsync()
    {
        await Server.ReportAsync("feed-ranking", 900, 2);
        foreach (var feature in new[] { "spelling", "search" })
            await Server.ReportPlainAsync(feature);
    }

    private async Task FillAsync()
    {
        foreach (var user in new[] { "ada", "alan", "grace" })
            await Server.EnrolAsync(user, "ai");
        (string Key, string Name, string Track)[] features =
        [
            ("smart-replies", "Smart replies", "ai"), ("drafts", "Drafts", "ai"), ("summaries", "Meeting summaries", "ai"),
            ("search", "Semantic search", "innovative"), ("spelling", "Spelling", "stable"),
        ];
        foreach (var (key, name, track) in features)
            await Server.AddFeatureAsync(key, name, track);
        await Server.AddFeatureAsync("feed-ranking", "Feed ranking", "ai", 50);
        await FreshenAsync();
        await Server.PostAsync("/api/v1/feedback", new { feature = "smart-replies", user = "ada", category = "wrong", text = "It answered my mother as if she were my boss." });
        await Server.ReportAsync("smart-replies", 300, 1);
        await Server.FailAsync("smart-replies", async () => await Server.RollbackStateAsync() is not null);
        await Server.FallBackAsync("smart-replies", async () => await Server.RollbackStateAsync() == "verified");
        await Server.PostAsync("/api/v1/features/summaries/rollback", new { track = "ai", reason = "Summaries named people who were not in the meeting." });
        places["{rollback}"] = (await Server.GetAsync("/api/v1/rollbacks")).EnumerateArray().Last().GetProperty("id").GetString()!;
        await Server.PutAsync($"/api/v1/rollbacks/{places["{rollback}"]}/playbook/1", new { done = true });
        places["{entry}"] = $"{Server.Revision}";
        await Server.PostAsync("/api/v1/keys", new { name = "Mail", kind = "sdk" });
    }

    private async Task PlanAsync()
    {
        var plan = await Server.PostAsync("/api/v1/plans", new
        {
            title = "More of the feed ranking",
            reason = "Two quiet weeks",
            changes = new[] { new { op = "release.set", feature = "feed-ranking", track = "ai", allocation = new[] { new { variant = "on", weight = 100 } } } },
        });
        places["{plan}"] = plan.GetProperty("id").GetString()!;
        var applied = await Server.GetAsync("/api/v1/plans?state=applied");
        places["{applied}"] = applied.EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    private async Task<string> TicketAsync(string user) =>
        (await Server.PostAsync($"/api/v1/users/{user}/me-ticket", new { })).GetProperty("url").GetString()!;
}
