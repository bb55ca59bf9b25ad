using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;

namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>The board as its reader finds things on it.</summary>
public sealed class BoardPage(Tab tab)
{
    public ILocator Title => tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Release tracks" });

    public ILocator Lane(string name) => tab.Page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    public ILocator Card(string name) => tab.Page.GetByRole(AriaRole.Article, new() { Name = name, Exact = true });

    public ILocator Empty => tab.Page.GetByRole(AriaRole.Region, new() { Name = "No features yet" });

    public ILocator Happened => tab.Page.GetByRole(AriaRole.Region, new() { Name = "What happened" });

    /// <summary>The chip, not the label of the time beside it.</summary>
    public ILocator StateOfNewest(string state) => Happened.GetByRole(AriaRole.Article).First.Locator(".chip", new() { HasText = state });

    /// <summary>As a hand would: over the lane, until it says that it may be dropped there.</summary>
    public async Task DragAsync(string card, string lane)
    {
        var held = Card(card).Locator("xpath=..");
        await Assertions.Expect(held).ToHaveAttributeAsync("draggable", "true");
        await held.HoverAsync(new() { Position = new() { X = 20, Y = 60 } });
        await tab.Page.Mouse.DownAsync();
        await Lane(lane).HoverAsync(new() { Position = new() { X = 60, Y = 20 } });
        await Assertions.Expect(Lane(lane)).ToContainTextAsync("Drop it here");
        await Lane(lane).HoverAsync(new() { Position = new() { X = 80, Y = 60 } });
        await tab.Page.Mouse.UpAsync();
    }

    public async Task OpenAsync()
    {
        await tab.SignInAsync();
        await Assertions.Expect(Title).ToBeVisibleAsync();
    }
}
