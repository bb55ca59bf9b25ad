using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Map;

public sealed class MapTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Theory]
    [InlineData("three", 3)]
    [InlineData("sixty", 60)]
    public async Task Map_SmallAndLarge_FitsBothWidthsAndThemes(string name, int features)
    {
        await using var server = await LiveServer.StartAsync();
        await (features == 3 ? MapStory.FillSmallAsync(server) : MapStory.FillLargeAsync(server));
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var width in new[] { 1280, 390 })
            {
                await using var tab = await chromium.OpenAsync(server, width, scheme);
                await tab.SignInAsync();
                await tab.Page.GotoAsync("/map");

                await Expect(tab.Page.Locator(".map .node")).ToHaveCountAsync(features, new() { Timeout = 60_000 });
                await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Track map", Level = 1 })).ToBeVisibleAsync(Soon);
                await Expect(tab.Page.Locator(".map .node.tone-healthy").First).ToBeVisibleAsync(Soon);
                await tab.PictureAsync($"map-{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
                await tab.Page.GotoAsync($"/map?at={(features == 3 ? 25 : 120)}&feature={(features == 3 ? "search" : MapStory.Key(4))}");
                await Expect(tab.Page.GetByText("Back to now")).ToBeVisibleAsync(Soon);
                await tab.PictureAsync($"map-past-{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
                await tab.AssertFitsAsync();
                await tab.AssertAccessibleAsync();
                tab.AssertQuiet();
            }
        }
    }

    [Fact]
    public async Task Map_ByKeyboard_GoesFromFeatureToFeatureZoomsAndReplays()
    {
        await using var server = await LiveServer.StartAsync();
        await MapStory.FillSmallAsync(server);
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/map");
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator(".map .view[transform]")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        var keyboard = new Keyboard(tab);

        await tab.Page.Locator(".map .node").First.FocusAsync();
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Smart replies" })).ToContainTextAsync("rolled back on AI", new() { Timeout = 60_000 });
        await Expect(tab.Page).ToHaveURLAsync(new Regex("feature=smart-replies"));
        await keyboard.PressAsync("+");
        await Expect(tab.Page.Locator(".map .view")).ToHaveAttributeAsync("transform", new Regex(@"scale\(1\.4\)"));
        await keyboard.PressAsync("0");
        await Expect(tab.Page.Locator(".map .view")).ToHaveAttributeAsync("transform", new Regex(@"scale\(1\)"));

        await tab.Page.GetByRole(AriaRole.Slider).FocusAsync();
        await keyboard.PressAsync("Home");
        await Expect(tab.Page.Locator(".happened", new() { HasText = "Semantic search: added, 10 % on AI" })).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.Locator(".map .node")).ToHaveCountAsync(1);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Back to now" }).ClickAsync();
        await Expect(tab.Page.Locator(".map .node")).ToHaveCountAsync(3, new() { Timeout = 60_000 });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.Locator(".happened", new() { HasText = "Smart replies: rollback on AI cleared" })).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("Now", new() { Exact = true })).ToBeVisibleAsync(Soon);
        tab.AssertQuiet();
    }
}
