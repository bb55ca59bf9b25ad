using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Plans;

/// <summary>From the idea to what users get: one person proposes, another approves, and only then is anything applied.</summary>
public sealed class PlanJourneyTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToContainTextOptions Later = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Plan_ProposedByOneApprovedByAnother_IsAppliedAndServed()
    {
        await using var server = await LiveServer.StartAsync();
        await server.AddFeatureAsync("smart-replies", "Smart replies", "ai", 50);
        await using var product = await chromium.OpenAsync(server);
        await product.Page.GotoAsync(await server.InviteAsync("Pat Product", "viewer", "product"));
        await using var approver = await chromium.OpenAsync(server);
        await approver.Page.GotoAsync(await server.InviteAsync("Ann Approver", "viewer", "approver"));

        await ProposeAsync(product.Page);
        await product.Page.GotoAsync("/plans");
        await product.Page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(product.Page.GetByText("Your role may not approve")).ToBeVisibleAsync(Soon);
        await Expect(product.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" })).ToHaveCountAsync(0);

        await ApproveAsync(approver);

        var apply = product.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" });
        await Expect(apply).ToBeEnabledAsync(new() { Timeout = 60_000 });
        Assert.Equal(50, await WeightAsync(server));
        await apply.ClickAsync();
        await Expect(product.Page.GetByText("what is served is what was approved")).ToBeVisibleAsync(Soon);
        Assert.Equal(80, await WeightAsync(server));
        await Expect(product.Page.GetByRole(AriaRole.Button, new() { Name = "Prepare the plan that takes it back" })).ToBeVisibleAsync(Soon);
        product.AssertQuiet();
        approver.AssertQuiet();
    }

    [Fact]
    public async Task Feature_DraggedByOneApprovedByAnother_IsOnTheUsersPageOnlyThen()
    {
        await using var server = await LiveServer.StartAsync();
        await server.HurryAsync();
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.EnrolAsync("lea", "innovative");
        await using var product = await chromium.OpenAsync(server);
        await product.Page.GotoAsync(await server.InviteAsync("Pat Product", "viewer", "product"));
        await using var approver = await chromium.OpenAsync(server);
        await approver.Page.GotoAsync(await server.InviteAsync("Ann Approver", "viewer", "approver"));
        await using var user = await chromium.OpenAsync(server);
        await user.Page.GotoAsync(await server.MeLinkAsync("lea"));
        var feature = user.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Smart replies" });
        await Expect(feature).ToContainTextAsync("Not for you now");

        await product.Page.GotoAsync("/");
        await new BoardPage(product).DragAsync("Smart replies", "Innovative");
        var dialog = product.Page.GetByRole(AriaRole.Dialog, new() { Name = "Move Smart replies to Innovative" });
        await dialog.GetByRole(AriaRole.Spinbutton).FillAsync("100");
        await dialog.GetByRole(AriaRole.Spinbutton).PressAsync("Tab");
        await Expect(dialog).ToContainTextAsync("on 100 %");
        await Expect(dialog).ToContainTextAsync("enrolled users, 100 % of the track");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nothing has changed yet");
        await ApproveAsync(approver);
        await user.Page.ReloadAsync();
        await Expect(feature).ToContainTextAsync("Not for you now");

        await product.Page.GotoAsync("/plans");
        await product.Page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Link).ClickAsync();
        await product.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(product.Page.GetByText("what is served is what was approved")).ToBeVisibleAsync();
        await user.Page.ReloadAsync();
        await Expect(feature).ToContainTextAsync("You have it");
        product.AssertQuiet();
        approver.AssertQuiet();
        user.AssertQuiet();
    }

    private static async Task ProposeAsync(IPage page)
    {
        await page.GotoAsync("/features/smart-replies");
        var ai = page.GetByRole(AriaRole.Article, new() { Name = "AI", Exact = true });
        await ai.GetByRole(AriaRole.Button, new() { Name = "Change the shares…" }).ClickAsync();
        await ai.GetByRole(AriaRole.Spinbutton).FillAsync("80");
        await ai.GetByRole(AriaRole.Spinbutton).PressAsync("Tab");
        await ai.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Raises exposure", Later);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
    }

    private static async Task ApproveAsync(Tab approver)
    {
        await approver.Page.GotoAsync("/plans");
        await approver.Page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Link).ClickAsync();
        var approve = approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve this hash" });
        await Expect(approve).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await approver.Page.GetByLabel("Comment").FillAsync("Looks right");
        await approve.ClickAsync();
        await Expect(approver.Page.GetByText("Looks right")).ToBeVisibleAsync(Soon);
    }

    private static async Task<double> WeightAsync(LiveServer server) =>
        (await server.GetAsync("/api/v1/features/smart-replies")).GetProperty("releases").GetProperty("ai")[0].GetProperty("weight").GetDouble();
}
