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

    public async Task OpenAsync()
    {
        await tab.SignInAsync();
        await Assertions.Expect(Title).ToBeVisibleAsync();
    }
}
