using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Features;

public sealed class BoardMoveTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToContainTextOptions Later = new() { Timeout = 60_000 };

    [Fact]
    public async Task Card_DraggedToAnotherTrack_ProposesAndAppliesNothing()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await server.HurryAsync();
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await board.OpenAsync();
        var revision = server.Revision;

        await board.DragAsync("Smart replies", "Innovative");

        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Move Smart replies to Innovative" });
        await Expect(dialog).ToContainTextAsync("Raises exposure", Later);
        await Expect(dialog).ToContainTextAsync(new Regex("Who must approve"));
        Assert.Equal(revision, server.Revision);
        await tab.PictureAsync("board-move-1280-light");
        await tab.AssertAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();

        await Expect(dialog).ToContainTextAsync("Nothing has changed yet", Later);
        Assert.Equal(revision + 1, server.Revision);
        Assert.Equal(1, (await server.GetAsync("/api/v1/plans?state=proposed")).GetArrayLength());
        await Expect(board.Lane("AI").GetByRole(AriaRole.Article)).ToHaveCountAsync(1);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Card_MovedByKeyboard_OpensTheSameDialog()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await server.AddFeatureAsync("search", "Search", "innovative");
        await board.OpenAsync();
        await Expect(board.Card("Search").GetByRole(AriaRole.Button, new() { Name = "Move to… Search" })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync(new() { Timeout = 60_000 });
        var keyboard = new Keyboard(tab);

        await keyboard.TabToAsync(new Regex(@"^Move to…\s+Search"));
        await keyboard.PressAsync("Enter");
        await keyboard.TabToAsync(new Regex("^AI$"));
        await keyboard.PressAsync("Enter");

        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Move Search to AI" });
        await Expect(dialog).ToContainTextAsync("Lowers exposure", Later);
        await Expect(dialog).ToContainTextAsync("Nobody: it does not raise anything");
        await keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task Search_Typed_StandsInTheAddressAndHoldsAfterReload()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        var board = new BoardPage(tab);
        await server.AddFeatureAsync("search", "Search", "innovative");
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await board.OpenAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync(new() { Timeout = 60_000 });

        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync("smart");
        await Expect(tab.Page).ToHaveURLAsync(new Regex(@"\?q=smart$"), new() { Timeout = 60_000 });
        await tab.Page.ReloadAsync();

        await Expect(board.Card("Smart replies")).ToBeVisibleAsync();
        await Expect(board.Card("Search")).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByText("1 not shown")).ToBeVisibleAsync();
    }
}
