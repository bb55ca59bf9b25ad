using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Plans;

/// <summary>The product manager's whole way, and the approver's, without a mouse.</summary>
public sealed class PlanKeyboardTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToContainTextOptions Later = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Plan_KeyboardOnly_FromTheSliderToWhatIsServed()
    {
        await using var server = await LiveServer.StartAsync();
        await server.AddFeatureAsync("smart-replies", "Smart replies", "ai", 50);
        await using var product = await chromium.OpenAsync(server);
        await product.Page.GotoAsync(await server.InviteAsync("Pat Product", "viewer", "product"));
        await using var approver = await chromium.OpenAsync(server);
        await approver.Page.GotoAsync(await server.InviteAsync("Ann Approver", "viewer", "approver"));

        await ProposeAsync(product);
        await ApproveAsync(approver);
        var keys = new Keyboard(product);
        await Expect(product.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" })).ToBeEnabledAsync(new() { Timeout = 60_000 });
        Assert.Equal(50, await WeightAsync(server));
        await keys.TabToAsync(new Regex("^Apply$"));
        await keys.PressAsync("Enter");

        await Expect(product.Page.GetByText("what is served is what was approved")).ToBeVisibleAsync(Soon);
        Assert.Equal(60, await WeightAsync(server));
        product.AssertQuiet();
        approver.AssertQuiet();
    }

    /// <summary>From the board over the card's link and the slider to the plan's page.</summary>
    private static async Task ProposeAsync(Tab tab)
    {
        await tab.ConnectedAsync();
        var keys = new Keyboard(tab);
        await keys.TabToAsync(new Regex("^Smart replies$"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Smart replies");
        await keys.TabToAsync(new Regex("^Change the shares"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Slider)).ToHaveValueAsync("50", new() { Timeout = 60_000 });
        await keys.TabToAsync(new Regex("^on$"));
        for (var step = 1; step <= 10; step++)
        {
            await keys.PressAsync("ArrowRight");
            await Expect(tab.Page.GetByRole(AriaRole.Spinbutton)).ToHaveValueAsync($"{50 + step}", new() { Timeout = 60_000 });
        }

        await keys.TabToAsync(new Regex("^See what it would do$"));
        await keys.PressAsync("Enter");
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Raises exposure", Later);
        await keys.TabToAsync(new Regex("^Why"));
        await keys.TypeAsync("Two quiet weeks");
        await keys.TabToAsync(new Regex("^Propose$"));
        await keys.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
        await keys.TabToAsync(new Regex("^pl_"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("Your role may not approve")).ToBeVisibleAsync(Soon);
    }

    private static async Task ApproveAsync(Tab tab)
    {
        await tab.ConnectedAsync();
        var keys = new Keyboard(tab);
        await keys.TabToAsync(new Regex("^Plans"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Plans");
        await keys.TabToAsync(new Regex("^Serve Smart replies to 60 % of AI$"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("Raises exposure")).ToBeVisibleAsync(Soon);
        await keys.TabToAsync(new Regex("^Comment"));
        await keys.TypeAsync("Looks right");
        await keys.TabToAsync(new Regex("^Approve this hash$"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("Looks right")).ToBeVisibleAsync(Soon);
    }

    private static async Task<double> WeightAsync(LiveServer server) =>
        (await server.GetAsync("/api/v1/features/smart-replies")).GetProperty("releases").GetProperty("ai")[0].GetProperty("weight").GetDouble();
}
