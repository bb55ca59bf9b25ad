using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>Every page of the SRE in four variants: fits, has one h1, and axe finds nothing serious.</summary>
public sealed class PicturesOfSrePages(Chromium chromium)
{
    [Fact]
    public async Task Pages_LightDarkWideNarrow_AreAccessibleAndFit()
    {
        await using var server = await LiveServer.StartAsync();
        await FillAsync(server);
        var rollbacks = await server.GetAsync("/api/v1/rollbacks");
        var story = rollbacks.EnumerateArray().Last().GetProperty("id").GetString();
        await server.PutAsync($"/api/v1/rollbacks/{story}/playbook/1", new { done = true });
        var entries = server.Revision;
        (string Name, string Path, string Ready)[] pages =
        [
            ("budgets", "/budgets", "Smart replies"),
            ("budgets-filtered", "/budgets?verdict=error&q=drafts", "Drafts"),
            ("budgets-none", "/budgets?q=nothing-is-called-this", "No budget matches"),
            ("wall", "/budgets?wall=1", "Smart replies"),
            ("rollbacks", "/rollbacks", "Smart replies was rolled back on AI"),
            ("rollback", $"/rollbacks/{story}", "is proof"),
            ("tracks", "/tracks", "What users agree to"),
            ("ledger", "/ledger", "Can it be trusted?"),
            ("ledger-entry", $"/ledger?entry={entries - 1}", "lines unchanged"),
            ("ledger-none", "/ledger?q=nothing-is-called-this", "No entry matches"),
        ];

        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var width in new[] { 1280, 390 })
            {
                await using var tab = await chromium.OpenAsync(server, width, scheme);
                await tab.SignInAsync();
                // Data that nobody renews turns to Error within a minute, and rightly so.
                await server.ReportAsync("feed-ranking", 900, 2);
                foreach (var feature in new[] { "spelling", "search" })
                    await server.ReportPlainAsync(feature);
                foreach (var (name, path, ready) in pages)
                {
                    await tab.Page.GotoAsync(path);
                    await Expect(tab.Page.GetByText(ready).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
                    await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark || name == "wall" ? "dark" : "light");
                    if (name == "ledger")
                    {
                        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Verify in this browser" }).ClickAsync();
                        await Expect(tab.Page.GetByText("The ledger holds.")).ToBeVisibleAsync(new() { Timeout = 60_000 });
                    }

                    await tab.PictureAsync($"{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
                    await tab.AssertFitsAsync();
                    await tab.AssertAccessibleAsync();
                }

                tab.AssertQuiet();
            }
        }
    }

    /// <summary>Something of everything: healthy, burning, silent, rolled back by the loop and by hand.</summary>
    private static async Task FillAsync(LiveServer server)
    {
        foreach (var user in new[] { "ada", "alan", "grace" })
            await server.EnrolAsync(user, "ai");
        (string Key, string Name, string Track)[] features =
        [
            ("smart-replies", "Smart replies", "ai"), ("feed-ranking", "Feed ranking", "ai"), ("drafts", "Drafts", "ai"),
            ("summaries", "Meeting summaries", "ai"), ("search", "Semantic search", "innovative"), ("spelling", "Spelling", "stable"),
        ];
        foreach (var (key, name, track) in features)
            await server.AddFeatureAsync(key, name, track);
        await server.ReportAsync("feed-ranking", 900, 2);
        await server.ReportAsync("smart-replies", 300, 1);
        foreach (var feature in new[] { "spelling", "search" })
            await server.ReportPlainAsync(feature);
        await server.FailAsync("smart-replies", async () => await server.RollbackStateAsync() is not null);
        await server.FallBackAsync("smart-replies", async () => await server.RollbackStateAsync() == "verified");
        await server.PostAsync("/api/v1/features/summaries/rollback", new { track = "ai", reason = "Summaries named people who were not in the meeting." });
    }
}
