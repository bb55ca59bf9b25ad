using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Me;

public sealed class MeTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Me_WithATicket_ReadsOptsInReportsAndOptsOut()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await FillAsync(server);
        await tab.Page.GotoAsync(await server.MeLinkAsync("ada"));
        await Expect(tab.Page.GetByText("AI mode is off")).ToBeVisibleAsync(Soon);
        var tick = tab.Page.GetByRole(AriaRole.Checkbox);
        await Expect(tick).Not.ToBeCheckedAsync();

        await tick.CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn AI mode on" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Status).GetByText("AI mode is on. Thank you")).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Smart replies" })).ToContainTextAsync("You have it");
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Your choices so far" })).ToContainTextAsync("having read version 1");

        await tab.Page.GetByLabel("In your own words").FillAsync("It thanked my landlord for nothing.");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send the report" }).ClickAsync();
        await Expect(tab.Page.GetByText("Your report is with the people")).ToBeVisibleAsync(Soon);
        Assert.Equal("It thanked my landlord for nothing.", (await server.GetAsync("/api/v1/feedback"))[0].GetProperty("text").GetString());

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn AI mode off" }).ClickAsync();
        await Expect(tab.Page.GetByText("AI mode is off. You have the plain versions")).ToBeVisibleAsync(Soon);
        Assert.Equal("stable", (await server.GetAsync("/api/v1/users/ada/enrollment")).GetProperty("track").GetString());
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Me_ByKeyboardAlone_OptsInAndOut()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await FillAsync(server);
        await tab.Page.GotoAsync(await server.MeLinkAsync("grace"));
        var keyboard = new Keyboard(tab, settled: true);

        await keyboard.TabToAsync(new Regex("I have read"));
        await keyboard.PressAsync(" ");
        await keyboard.TabToAsync(new Regex("Turn AI mode on"));
        await keyboard.PressAsync("Enter");

        await Expect(tab.Page.GetByText("AI mode is on. Thank you")).ToBeVisibleAsync(Soon);
        Assert.Equal("ai", (await server.GetAsync("/api/v1/users/grace/enrollment")).GetProperty("track").GetString());

        // One stop and one press: leaving is no harder than coming.
        await keyboard.TabToAsync(new Regex("^Turn AI mode off$"));
        await keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByText("AI mode is off. You have the plain versions")).ToBeVisibleAsync(Soon);
        Assert.Equal("stable", (await server.GetAsync("/api/v1/users/grace/enrollment")).GetProperty("track").GetString());
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Me_SignedIn_IsOnesOwnPage()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await FillAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/me");

        await tab.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn AI mode on" }).ClickAsync();

        await Expect(tab.Page.GetByText("AI mode is on. Thank you")).ToBeVisibleAsync(Soon);
        Assert.Equal("ai", (await server.GetAsync("/api/v1/users/owner/enrollment")).GetProperty("track").GetString());
    }

    private static async Task FillAsync(LiveServer server)
    {
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.AddFeatureAsync("notes", "Meeting notes", "ai", 50);
        await server.AddFeatureAsync("summaries", "Summaries");
        await server.PostAsync("/api/v1/features/summaries/rollback", new { track = "ai", reason = "Names were invented" });
    }
}
