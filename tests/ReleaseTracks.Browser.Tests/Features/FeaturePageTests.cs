using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Map;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Features;

public sealed class FeaturePageTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToContainTextOptions Later = new() { Timeout = 60_000 };

    [Fact]
    public async Task Feature_EveryPart_FitsBothWidthsAndThemes()
    {
        await using var server = await LiveServer.StartAsync();
        await server.EnrolAsync("ada", "ai");
        await server.HurryAsync();
        await server.AddFeatureAsync("smart-replies", "Smart replies", "ai", 50);
        await MapStory.ReleaseAsync(server, "smart-replies", "innovative", 10);
        await server.ReportAsync("smart-replies", 900, 4);
        await server.PostAsync("/api/v1/feedback", new { feature = "smart-replies", user = "ada", category = "wrong", text = "It answered my mother as if she were my boss." });
        foreach (var (scheme, width) in Variants())
        {
            await using var tab = await chromium.OpenAsync(server, width, scheme);
            await tab.SignInAsync();
            await tab.Page.GotoAsync("/features/smart-replies?track=ai&objective=availability");

            await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Smart replies", Level = 1 })).ToBeVisibleAsync(Soon);
            await Expect(tab.Page.GetByText("It answered my mother")).ToBeVisibleAsync(Soon);
            await Expect(tab.Page.Locator("figure.chart").First).ToBeVisibleAsync(Soon);
            await ExplainAsync(tab.Page, "ada");
            await tab.PictureAsync($"feature-{width}-{Name(scheme)}");
            await tab.AssertFitsAsync();
            await tab.AssertAccessibleAsync();
            tab.AssertQuiet();
        }
    }

    [Fact]
    public async Task Feature_SliderMoved_ProposesAPlanAndChangesNothing()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies", "ai", 50);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/features/smart-replies");
        var ai = tab.Page.GetByRole(AriaRole.Article, new() { Name = "AI", Exact = true });

        await ai.GetByRole(AriaRole.Button, new() { Name = "Change the shares…" }).ClickAsync();
        await ai.GetByRole(AriaRole.Spinbutton).FillAsync("80");
        await ai.GetByRole(AriaRole.Spinbutton).PressAsync("Tab");
        await ai.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Raises exposure", Later);
        await Expect(dialog).ToContainTextAsync(new Regex(@"AI users get\s*on 50 %, off 50 %\s*on 80 %, off 20 %"));
        await tab.PictureAsync("plan-dialog-1280-light");
        await tab.AssertAccessibleAsync();
        await dialog.GetByLabel("Why").FillAsync("Two quiet weeks");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();

        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
        var plan = await server.GetAsync("/api/v1/plans?state=proposed");
        Assert.Equal("Two quiet weeks", plan[0].GetProperty("reason").GetString());
        Assert.Equal("owner", plan[0].GetProperty("author").GetProperty("id").GetString());
        var feature = await server.GetAsync("/api/v1/features/smart-replies");
        Assert.Equal(50, feature.GetProperty("releases").GetProperty("ai")[0].GetProperty("weight").GetDouble());
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Feature_RolledBackInTwoPresses_SaysSoEverywhere()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/features/smart-replies");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Roll back…" }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("On track")).ToHaveValueAsync("Ai", new() { Timeout = 60_000 });
        await dialog.GetByLabel("Reason").FillAsync("Replies in the wrong language");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Roll back now" }).ClickAsync();

        await Expect(dialog).ToContainTextAsync("Done.", Later);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).Last.ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Rolled back on AI" })).ToContainTextAsync("Replies in the wrong language", Later);
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "What happened" })).ToContainTextAsync("Rolled back on AI", Later);
        Assert.Equal("rolled-back", (await server.GetAsync("/api/v1/features/smart-replies")).GetProperty("tracks")[2].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Feature_Unknown_SaysSo()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();

        await tab.Page.GotoAsync("/features/nope");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such feature" })).ToBeVisibleAsync(Soon);
    }

    internal static IEnumerable<(ColorScheme Scheme, int Width)> Variants() =>
        new[] { ColorScheme.Light, ColorScheme.Dark }.SelectMany(scheme => new[] { 1280, 390 }.Select(width => (scheme, width)));

    internal static string Name(ColorScheme scheme) => scheme == ColorScheme.Dark ? "dark" : "light";

    private static async Task ExplainAsync(IPage page, string user)
    {
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Try a user" });
        await section.GetByLabel("User id").FillAsync(user);
        await section.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Expect(section).ToContainTextAsync("bucket for this feature", Later);
    }
}
