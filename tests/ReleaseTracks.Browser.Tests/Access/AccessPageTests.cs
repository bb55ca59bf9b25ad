using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Access;

public sealed class AccessPageTests(Chromium chromium)
{
    [Fact]
    public async Task Admin_InvitesChangesAndRemovesSomebody_AtOnce()
    {
        await using var server = await LiveServer.StartAsync();
        await using var admin = await chromium.OpenAsync(server);
        await using var guest = await chromium.OpenAsync(server, 390, ColorScheme.Dark);
        await admin.Page.GotoAsync(await server.InviteAsync("Ada Byron", "viewer", "admin"));
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Access", Exact = true }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "Access", Level = 1 })).ToBeVisibleAsync();

        await admin.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Grace Hopper");
        await admin.Page.GetByRole(AriaRole.Group, new() { Name = "Roles", Exact = true }).GetByText("approver").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make a one-time link" }).ClickAsync();
        var link = await admin.Page.GetByLabel("One-time link").InputValueAsync();
        await Expect(admin.Page.GetByText("Invited, link not used yet.")).ToBeVisibleAsync();
        await admin.PictureAsync("access-1280-light");
        await admin.AssertAccessibleAsync();

        await guest.Page.GotoAsync(link);
        await Expect(new BoardPage(guest).Title).ToBeVisibleAsync();
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "Access", Exact = true })).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("1 open session").Nth(1)).ToBeVisibleAsync(new() { Timeout = 30_000 });

        await admin.Page.GetByLabel("Change Grace Hopper").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).Last.ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Really remove Grace Hopper" }).ClickAsync();

        await Expect(guest.Page.GetByRole(AriaRole.Heading, new() { Name = "You are not signed in any more" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(admin.Page.GetByLabel("Change Grace Hopper")).ToHaveCountAsync(0);
        admin.AssertQuiet();
    }

    [Fact]
    public async Task Admin_WhoWouldBeTheLast_IsKeptAndToldWhy()
    {
        await using var server = await LiveServer.StartAsync();
        await using var admin = await chromium.OpenAsync(server, 390, ColorScheme.Dark);
        await admin.Page.GotoAsync(await server.InviteAsync("Ada Byron", "admin"));
        await Expect(new BoardPage(admin).Title).ToBeVisibleAsync();
        await admin.Page.GotoAsync("/access");

        await admin.Page.GetByLabel("Change Ada Byron").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).Last.ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Really remove Ada Byron" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("give somebody else the role admin first");
        await admin.PictureAsync("access-last-admin-390-dark");
        await admin.AssertFitsAsync();
        admin.AssertQuiet();
    }

    [Fact]
    public async Task Key_MadeRotatedAndRevoked_ShowsEachSecretOnce()
    {
        await using var server = await LiveServer.StartAsync();
        await using var admin = await chromium.OpenAsync(server);
        await admin.Page.GotoAsync(await server.InviteAsync("Ada Byron", "admin"));
        await Expect(new BoardPage(admin).Title).ToBeVisibleAsync();
        await admin.Page.GotoAsync("/access");

        await admin.Page.GetByLabel("Name of the product").FillAsync("Feed");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        var first = await admin.Page.GetByLabel("Secret", new() { Exact = true }).InputValueAsync();
        Assert.StartsWith("rtk_", first, StringComparison.Ordinal);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(admin.Page.GetByLabel("Secret", new() { Exact = true })).ToHaveCountAsync(0);

        await admin.Page.GetByLabel("Rotate Feed").ClickAsync();
        await Expect(admin.Page.GetByLabel("Secret", new() { Exact = true })).Not.ToHaveValueAsync(first);
        await Expect(admin.Page.GetByText("The secret before this one works until")).ToBeVisibleAsync();
        await admin.PictureAsync("access-key-1280-light");
        await admin.Page.GetByLabel("Revoke Feed").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Really revoke Feed" }).ClickAsync();

        await Expect(admin.Page.GetByLabel("Rotate Feed")).ToHaveCountAsync(0);
        admin.AssertQuiet();
    }

    [Fact]
    public async Task AccessPage_OfSomebodyWhoMayNot_SaysSo()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync(await server.InviteAsync("Ada Byron", "viewer", "sre"));
        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync();

        await tab.Page.GotoAsync("/access");

        await Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/no-permission"));
    }
}
