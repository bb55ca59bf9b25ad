using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Me;

/// <summary>The user's page inside a product's own, on another site: without a cookie, by the ticket alone.</summary>
public sealed class EmbeddedMeTests(Chromium chromium)
{
    [Fact]
    public async Task Me_InAFrameOfANamedOrigin_TurnsOnAndOff()
    {
        var frame = "";
        await using var product = await ProductAsync(() => frame);
        var origin = OriginOf(product);
        await using var server = await LiveServer.StartAsync($"--ReleaseTracks:Access:EmbedOrigins={origin}");
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        frame = await server.MeLinkAsync("ada");

        await tab.Page.GotoAsync(origin);
        var me = tab.Page.FrameLocator("iframe");
        await me.GetByRole(AriaRole.Checkbox).CheckAsync();
        await me.GetByRole(AriaRole.Button, new() { Name = "Turn AI mode on" }).ClickAsync();
        await Expect(me.GetByText("AI mode is on. Thank you")).ToBeVisibleAsync();
        Assert.Equal("ai", await TrackAsync(server));
        await me.GetByRole(AriaRole.Button, new() { Name = "Turn AI mode off" }).ClickAsync();

        await Expect(me.GetByText("AI mode is off. You have the plain versions")).ToBeVisibleAsync();
        Assert.Equal("stable", await TrackAsync(server));
    }

    [Fact]
    public async Task Me_InAFrameOfAnOriginThatIsNotNamed_IsNotShown()
    {
        var frame = "";
        await using var product = await ProductAsync(() => frame);
        await using var server = await LiveServer.StartAsync("--ReleaseTracks:Access:EmbedOrigins=https://product.example");
        await using var tab = await chromium.OpenAsync(server);
        frame = await server.MeLinkAsync("ada");

        var refused = await tab.Page.RunAndWaitForConsoleMessageAsync(
            () => tab.Page.GotoAsync(OriginOf(product)),
            new() { Predicate = message => message.Text.Contains("frame-ancestors", StringComparison.Ordinal) });

        Assert.Equal("error", refused.Type);
        await Expect(tab.Page.FrameLocator("iframe").GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(0);
    }

    /// <summary>By its name, where the server is reached by its number: two sites, as in real life.</summary>
    private static string OriginOf(WebApplication product) => product.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private static async Task<WebApplication> ProductAsync(Func<string> frame)
    {
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var app = builder.Build();
        app.Run(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync($"<!doctype html><title>Product</title><iframe width=\"900\" height=\"800\" src=\"{WebUtility.HtmlEncode(frame())}\"></iframe>");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<string?> TrackAsync(LiveServer server) =>
        (await server.GetAsync("/api/v1/users/ada/enrollment")).GetProperty("track").GetString();
}
