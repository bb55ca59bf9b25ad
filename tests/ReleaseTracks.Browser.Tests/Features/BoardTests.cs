using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Features;

public sealed class BoardTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    [Fact]
    public async Task Board_NoFeatures_SaysWhatToDoNext()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);

        await board.OpenAsync();

        await Expect(board.Empty).ToContainTextAsync("README");
        foreach (var lane in new[] { "Stable", "Innovative", "AI" })
            await Expect(board.Lane(lane)).ToBeVisibleAsync();
        await tab.PictureAsync("board-empty-1280-light");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Board_FeatureFails_ShowsTheRollbackWithoutReload()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await board.OpenAsync();
        await tab.Page.EvaluateAsync("window.notReloaded = true");
        await server.EnrolAsync("ada", "ai");
        await server.AddFeatureAsync("smart-replies", "Smart replies");

        await Expect(board.Lane("AI").GetByRole(AriaRole.Article)).ToContainTextAsync("on", new() { Timeout = 30_000 });
        await Expect(board.Lane("AI")).ToContainTextAsync(new Regex(@"Users who chose it\s*1(?!\d)"), new() { Timeout = 30_000 });
        await server.ReportAsync("smart-replies", 200, 0);
        await Expect(board.Card("Smart replies").GetByText("Healthy").First).ToBeVisibleAsync(Soon);
        await server.FailAsync("smart-replies", () => board.Card("Smart replies").GetByText("Rolled back on AI").IsVisibleAsync());
        await Expect(board.Card("Smart replies").GetByText("Failed").First).ToBeVisibleAsync(Soon);
        await Expect(board.Happened).ToContainTextAsync("Smart replies was rolled back on AI");
        await server.FallBackAsync("smart-replies", () => board.StateOfNewest("Verified").IsVisibleAsync());
        await Expect(board.StateOfNewest("Verified")).ToBeVisibleAsync(Soon);

        Assert.True(await tab.Page.EvaluateAsync<bool>("window.notReloaded"));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Board_NamesThatAreMarkup_AreShownAsTextAndRunNothing()
    {
        const string name = "<img src=x onerror=window.hit=1><script>window.hit=1</script>";
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("markup", name);
        await tab.Page.GotoAsync(await server.InviteAsync(name, "viewer"));

        await Expect(new BoardPage(tab).Card(name)).ToBeVisibleAsync();

        await Expect(tab.Page.GetByLabel("Account: " + name)).ToBeVisibleAsync();
        Assert.Null(await tab.Page.EvaluateAsync<int?>("window.hit ?? null"));
        // What the policy would do if a page had let it through after all.
        await tab.Page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.hit = 1'; document.body.append(s); }");
        Assert.Null(await tab.Page.EvaluateAsync<int?>("window.hit ?? null"));
    }

    [Fact]
    public async Task Board_FeatureKilled_SaysWhyAndWhen()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await server.AddFeatureAsync("summaries", "Summaries");
        await board.OpenAsync();

        await server.PostAsync("/api/v1/features/summaries/kill", new { reason = "Legal asked for it" });

        await Expect(board.Card("Summaries").GetByText("Killed on every track")).ToBeVisibleAsync(Soon);
        await Expect(board.Card("Summaries")).ToContainTextAsync(new Regex("(ago|just now).*Legal asked for it"));
    }

    [Fact]
    public async Task Board_FeatureInheritedUpwards_IsInTheLaneOfItsWidestAudience()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await server.AddFeatureAsync("search", "Search", "innovative", 25);

        await board.OpenAsync();

        await Expect(board.Lane("Innovative").GetByRole(AriaRole.Article, new() { Name = "Search" })).ToContainTextAsync("on 25 %");
        await Expect(board.Lane("AI").GetByRole(AriaRole.Article)).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Board_LongVariantNames_BreakNoWord(int width)
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server, width);
        await server.ApplyAsync(
            new { op = "feature.put", feature = new { key = "feed", name = "Feed", owner = "feed", ai = true, variants = new Dictionary<string, int> { ["chronological"] = 0, ["personalised-recommendations"] = 1 }, fallback = "chronological", disclosure = new { version = 1, text = "A model sorts your feed." } } },
            new { op = "release.set", feature = "feed", track = "ai", allocation = new[] { new { variant = "personalised-recommendations", weight = 100 } } });
        var board = new BoardPage(tab);

        await board.OpenAsync();

        await Expect(board.Card("Feed")).ToContainTextAsync("personalised-recommendations");
        await tab.PictureAsync($"board-long-names-{width}");
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>(BrokenWords));
        await tab.AssertFitsAsync();
    }

    /// <summary>Words of the serving tiles that stand on more than one line; a hyphen is a place to break.</summary>
    private const string BrokenWords = """
        () => [...document.querySelectorAll('.servings dd span')].flatMap(span => [...span.firstChild.data.matchAll(/[^\s-]+/g)].filter(word => {
          const range = document.createRange();
          range.setStart(span.firstChild, word.index);
          range.setEnd(span.firstChild, word.index + word[0].length);
          return new Set([...range.getClientRects()].map(part => part.top)).size > 1;
        }).map(word => word[0]))
        """;

    /// <summary>Every state at once, in both themes and both widths, for people to look at.</summary>
    [Fact]
    public async Task Board_EveryState_FitsBothWidthsAndThemes()
    {
        await using var server = await LiveServer.StartAsync();
        await FillAsync(server);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var width in new[] { 1280, 390 })
            {
                await using var tab = await chromium.OpenAsync(server, width, scheme);
                var board = new BoardPage(tab);
                await board.OpenAsync();
                await Expect(board.Card("Smart replies").GetByText("Rolled back on AI")).ToBeVisibleAsync(Soon);
                await Expect(board.Card("Drafts").GetByText("Error").First).ToBeVisibleAsync(Soon);
                await Expect(board.Card("Feed ranking").GetByText("Healthy").First).ToBeVisibleAsync(Soon);
                await Expect(board.StateOfNewest("Verified")).ToBeVisibleAsync(Soon);
                await Expect(board.Lane("AI")).ToContainTextAsync(new Regex(@"Users who chose it\s*3(?!\d)"), new() { Timeout = 30_000 });
                await tab.PictureAsync($"board-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
                await tab.AssertFitsAsync();
                tab.AssertQuiet();
                Assert.Equal(1, await tab.Page.Locator("h1").CountAsync());
            }
        }
    }

    private static async Task FillAsync(LiveServer server)
    {
        foreach (var user in new[] { "ada", "alan", "grace" })
            await server.EnrolAsync(user, "ai");
        foreach (var user in new[] { "edsger", "barbara" })
            await server.EnrolAsync(user, "innovative");
        await server.AddFeatureAsync("feed-ranking", "Feed ranking");
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.AddFeatureAsync("search", "Semantic search", "innovative", 25);
        await server.AddFeatureAsync("spelling", "Spelling", "stable");
        await server.AddFeatureAsync("summaries", "Summaries");
        await server.PostAsync("/api/v1/features/summaries/kill", new { reason = "The model vendor is down; legal asked for it." });
        await server.AddFeatureAsync("drafts", "Drafts");
        await server.ReportAsync("feed-ranking", 900, 2);
        await server.ReportAsync("smart-replies", 300, 1);
        foreach (var feature in new[] { "spelling", "search" })
            await server.ReportPlainAsync(feature);
        await server.FailAsync("smart-replies", async () => await server.RollbackStateAsync() is not null);
        await server.FallBackAsync("smart-replies", async () => await server.RollbackStateAsync() == "verified");
    }
}
