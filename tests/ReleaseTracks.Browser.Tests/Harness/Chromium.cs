using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace ReleaseTracks.Browser.Tests.Harness;

/// <summary>The system's Chromium, started once; every test has a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private const float MostMilliseconds = 60_000;

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>Where pictures for people go; tests do not read them.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "screenshots")).FullName;

    public async ValueTask InitializeAsync()
    {
        // What comes comes at once on an idle machine; on a busy one five seconds say nothing.
        Assertions.SetDefaultExpectTimeout(MostMilliseconds);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = Arguments, Headless = true });
    }

    /// <summary>A page that fails the test on any error in its console and on any request to another host.</summary>
    public async Task<Tab> OpenAsync(LiveServer server, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = server.Url,
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(MostMilliseconds);
        return await Tab.OpenAsync(context, server);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static string Find() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists) ?? throw new FileNotFoundException("Install chromium: these tests drive a real browser.");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ReleaseTracks.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
