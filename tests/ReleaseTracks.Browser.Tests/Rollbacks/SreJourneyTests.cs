using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Rollbacks;

/// <summary>The SRE's whole way: sees it on the budgets, opens the story, works the playbook, prepares the way back.</summary>
public sealed class SreJourneyTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Sre_WatchesARollback_ReadsItsStoryAndPreparesTheWayBack()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.ReportAsync("smart-replies", 200, 0);
        await tab.SignInAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Budgets", Exact = true }).ClickAsync();
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "availability" }).Filter(new() { HasText = "Smart replies" });
        await Expect(row.GetByText("Healthy")).ToBeVisibleAsync(Soon);
        await tab.Page.EvaluateAsync("window.notReloaded = true");

        await server.FailAsync("smart-replies", () => row.GetByText("rolled back").IsVisibleAsync());
        await Expect(row.GetByText("Failed")).ToBeVisibleAsync(Soon);
        await tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Rollbacks") }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Smart replies was rolled back on AI" }).ClickAsync();

        var story = new RollbackPage(tab);
        await Expect(story.Title).ToHaveTextAsync("Smart replies was rolled back on AI");
        foreach (var moment in new[] { "Fault seen", "Proven", "Committed", "Verified" })
            await Expect(story.Story.GetByText(moment, new() { Exact = true })).ToBeVisibleAsync();
        await Expect(story.Evidence.GetByRole(AriaRole.Figure)).ToContainTextAsync("is proof");
        await server.FallBackAsync("smart-replies", async () => await server.RollbackStateAsync() == "verified");
        await Expect(story.Story.GetByText("The traffic since shows nothing but the fallback.")).ToBeVisibleAsync(Soon);

        await story.Steps.First.CheckAsync();
        await Expect(story.Playbook.GetByText(new Regex("owner, "))).ToBeVisibleAsync(Soon);
        await Expect(story.Playbook).ToContainTextAsync("1 of 4 done");
        await story.Return.GetByRole(AriaRole.Textbox).FillAsync("The model version was wrong; it is pinned now.");
        await story.Prepare.ClickAsync();
        await Expect(story.Return.GetByText("The plan is prepared.")).ToBeVisibleAsync(Soon);

        Assert.Equal(0, await story.Prepare.CountAsync());
        var plans = await server.GetAsync("/api/v1/plans?state=proposed");
        Assert.Equal("rollback.clear", plans[0].GetProperty("changes")[0].GetProperty("op").GetString());
        Assert.Equal("verified", await server.RollbackStateAsync());
        Assert.True(await tab.Page.EvaluateAsync<bool>("window.notReloaded"));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Sre_KeyboardOnly_WorksThePlaybookAndPreparesThePlan()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.PostAsync("/api/v1/features/smart-replies/rollback", new { track = "ai", reason = "Answers in the wrong language." });
        await tab.SignInAsync();
        var keys = new Keyboard(tab);

        await keys.TabToAsync(new Regex("^Rollbacks"));
        await keys.PressAsync("Enter");
        await Expect(new RollbackPage(tab).Title).ToHaveTextAsync("Rollbacks");
        await keys.TabToAsync(new Regex("was rolled back on AI"));
        await keys.PressAsync("Enter");
        var story = new RollbackPage(tab);
        await Expect(story.Title).ToHaveTextAsync("Smart replies was rolled back on AI");
        await Expect(story.Evidence).ToContainTextAsync("Rolled back by hand");
        await keys.TabToAsync(new Regex("^Users are on the fallback"));
        await keys.PressAsync("Space");
        await Expect(story.Playbook).ToContainTextAsync("1 of 4 done", new() { Timeout = 60_000 });
        await keys.TabToAsync(new Regex("^What was wrong"));
        await tab.Page.Keyboard.TypeAsync("Fixed.");
        await keys.TabToAsync(new Regex("^Prepare the plan"));
        await keys.PressAsync("Enter");

        await Expect(story.Return.GetByText("The plan is prepared.")).ToBeVisibleAsync(Soon);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Rollback_UnknownId_IsAPageWithAWayBack()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();

        var answer = await tab.Page.GotoAsync("/rollbacks/rb_none");

        Assert.Equal(404, answer!.Status);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync(Soon);
    }
}
