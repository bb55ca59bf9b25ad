using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ReleaseTracks.Browser.Tests.Harness;

/// <summary>One browser tab, and what went wrong in it that a person would not see.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> faults = new();

    private Tab(IBrowserContext context, IPage page, LiveServer server)
    {
        (this.context, Page, Server) = (context, page, server);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                faults.Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => faults.Enqueue($"script: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(server.Url, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                faults.Enqueue($"foreign host: {request.Url}");
        };
    }

    public IPage Page { get; }

    public LiveServer Server { get; }

    public static async Task<Tab> OpenAsync(IBrowserContext context, LiveServer server) => new(context, await context.NewPageAsync(), server);

    public Task SignInAsync() => Page.GotoAsync(Server.NewSignInLink());

    /// <summary>Until the page hears of changes: what comes first is drawn before its connection.</summary>
    public Task ConnectedAsync() => Assertions.Expect(Page.Locator("main[data-connected]")).ToBeVisibleAsync(new() { Timeout = 60_000 });

    public async Task PictureAsync(string name)
    {
        // What sticks to the top of the window would otherwise stand in the middle of the picture.
        await Page.EvaluateAsync("window.scrollTo(0, 0)");
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Screenshots, name + ".png"), FullPage = true });
    }

    public void AssertQuiet() => Assert.Empty(faults);

    /// <summary>Nothing may be wider than the window: a phone must never scroll sideways.</summary>
    public async Task AssertFitsAsync() =>
        Assert.Equal(0, await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));

    public async ValueTask DisposeAsync() => await context.CloseAsync();
}
