using Deque.AxeCore.Playwright;

namespace ReleaseTracks.Browser.Tests.Harness;

/// <summary>What axe-core finds on a page as it stands.</summary>
internal static class Accessibility
{
    public static async Task AssertAccessibleAsync(this Tab tab)
    {
        var result = await tab.Page.RunAxe();
        var bad = result.Violations.Where(one => one.Impact is "serious" or "critical")
            .Select(one => $"{one.Impact} {one.Id}: {one.Help}\n  " + string.Join("\n  ", one.Nodes.Take(4).Select(node => node.Html)))
            .ToArray();
        Assert.True(bad.Length == 0, $"{tab.Page.Url}\n{string.Join('\n', bad)}");
        Assert.Equal(1, await tab.Page.Locator("h1").CountAsync());
    }
}
