using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Features;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Tracks;

/// <summary>An SRE changes what a track promises: by plan, from the page, at a desk or on a phone.</summary>
public sealed class TrackEditTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToContainTextOptions Later = new() { Timeout = 60_000 };

    [Fact]
    public async Task Track_Changed_GoesThroughAPlanAndLosesNothingTyped()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/tracks");
        await tab.ConnectedAsync();
        var page = tab.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Change the AI track" }).ClickAsync();
        var form = page.GetByRole(AriaRole.Form, new() { Name = "Change the AI track" });
        var quality = form.GetByRole(AriaRole.Group, new() { Name = "quality" });
        await quality.GetByLabel("Target").FillAsync("95");
        await form.GetByLabel("What people do after a rollback").FillAsync("Tell support.\nPin the model.");
        await form.GetByRole(AriaRole.Button, new() { Name = "Add a freeze window" }).ClickAsync();
        var window = form.GetByRole(AriaRole.Group, new() { Name = "Freeze window 1" });
        await window.GetByLabel("Opens").FillAsync("0 18 * * FRIDAY-ISH");
        await window.GetByLabel("Lasts").FillAsync("62h");
        await form.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();

        await Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("1 field needs a correction: objective 2 target", Later);
        await Expect(quality.GetByLabel("Target")).ToHaveAttributeAsync("aria-invalid", "true");
        await quality.GetByLabel("Target").FillAsync("0.9");
        await form.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
        await Expect(window).ToContainTextAsync("Is not a cron expression", Later);
        await Expect(form.GetByLabel("What people do after a rollback")).ToHaveValueAsync("Tell support.\nPin the model.");
        await window.GetByLabel("Opens").FillAsync("0 18 * * FRI");
        await form.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();

        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Change the AI track" });
        await Expect(dialog).ToContainTextAsync("Keeps exposure", Later);
        await Expect(dialog).ToContainTextAsync("One person with the role approver or sre");
        await dialog.GetByLabel("Why").FillAsync("The model got better at this");
        var revision = server.Revision;
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
        Assert.Equal(revision + 1, server.Revision);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).Last.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "AI", Exact = true })).ToContainTextAsync("95 % in 28d", Later);
        var plan = (await server.GetAsync("/api/v1/plans?state=proposed"))[0];
        var track = plan.GetProperty("changes")[0].GetProperty("track");
        Assert.Equal(0.9, track.GetProperty("objectives")[1].GetProperty("target").GetDouble());
        Assert.Equal("Pin the model.", track.GetProperty("playbook")[1].GetString());
        Assert.Equal("0 18 * * FRI", track.GetProperty("limits").GetProperty("freezeWindows")[0].GetProperty("cron").GetString());
        Assert.Equal("The model got better at this", plan.GetProperty("reason").GetString());
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Track_KeyboardOnly_IsTightenedAndApplied()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/tracks");
        await tab.ConnectedAsync();
        var keys = new Keyboard(tab);

        await keys.TabToAsync(new Regex("^Change the Stable track$"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Change the Stable track" })).ToBeFocusedAsync(new() { Timeout = 60_000 });
        await keys.TabToAsync(new Regex("^Target$"));
        await keys.ReplaceAsync("0.9995");
        await keys.TabToAsync(new Regex("^See what it would do$"));
        await keys.PressAsync("Enter");
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Nobody: it does not raise anything", Later);
        await keys.TabToAsync(new Regex("^Propose$"));
        await keys.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
        await keys.TabToAsync(new Regex("^pl_"));
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Change the Stable track");
        await keys.TabToAsync(new Regex("^Apply$"));
        await keys.PressAsync("Enter");

        await Expect(tab.Page.GetByText("what is served is what was approved")).ToBeVisibleAsync(Soon);
        Assert.Equal(0.9995, (await server.GetAsync("/api/v1/tracks"))[0].GetProperty("objectives")[0].GetProperty("target").GetDouble());
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Editor_WithFaults_FitsBothWidthsAndThemes()
    {
        await using var server = await LiveServer.StartAsync();
        foreach (var (scheme, width) in FeaturePageTests.Variants())
        {
            await using var tab = await chromium.OpenAsync(server, width, scheme);
            await tab.SignInAsync();
            await tab.Page.GotoAsync("/tracks?edit=ai");
            await tab.ConnectedAsync();
            await tab.Page.GetByLabel("Target").First.FillAsync("none");
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add a freeze window" }).ClickAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
            await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("3 fields need a correction", Later);

            await tab.PictureAsync($"track-edit-{width}-{FeaturePageTests.Name(scheme)}");
            await tab.AssertFitsAsync();
            await tab.AssertAccessibleAsync();
            tab.AssertQuiet();
        }
    }
}
