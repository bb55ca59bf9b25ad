using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using MudBlazor.Services;
using ReleaseTracks.Server.Tracks;

namespace ReleaseTracks.Server.Components;

public static class ComponentsSetup
{
    private static readonly string[] NotPages = ["/api", "/ofrep", "/healthz", "/metrics", "/openapi", "/_blazor", "/_framework", "/_content"];

    public static void AddComponents(this WebApplicationBuilder builder)
    {
        // By default only Development does this, but `dotnet run` and `dotnet X.dll` must work from every build output.
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        // The content security policy says who may frame a page; X-Frame-Options cannot name anybody.
        builder.Services.Configure<AntiforgeryOptions>(options => options.SuppressXFrameOptionsHeader = true);
        builder.Services.AddMudServices();
        builder.Services.AddScoped<PageCaller>();
        builder.Services.AddSingleton<EnrolledCounts>();
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveUpdates>());
    }

    /// <summary>
    /// A reader of pages gets a page when there is none at an address; before authentication, so that the page is
    /// authorised like any other. (A branch by UseWhen has no routes of its own to run again.)
    /// </summary>
    public static void UseNotFoundPage(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute(Urls.NotFound);
        app.Use((http, next) =>
        {
            if (!IsPage(http) && http.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            return next(http);
        });
    }

    /// <summary>After authentication and authorisation.</summary>
    public static void MapComponents(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            // The general headers say who may frame a page.
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>Somebody with a browser gets a page about what went wrong; everybody else a problem.</summary>
    public static bool IsPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
        && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !NotPages.Any(path => http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
}
