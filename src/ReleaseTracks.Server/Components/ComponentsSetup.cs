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
        builder.Services.AddMudServices();
        builder.Services.AddSingleton<EnrolledCounts>();
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveUpdates>());
    }

    /// <summary>After authentication and authorisation.</summary>
    public static void MapComponents(this WebApplication app)
    {
        app.UseWhen(IsPage, pages =>
        {
            pages.UseExceptionHandler(Urls.Fault, createScopeForErrors: true);
            pages.UseStatusCodePagesWithReExecute(Urls.NotFound);
            // For the second run, to the page about what went wrong; the first has its endpoint already.
            pages.UseRouting();
            pages.UseAuthorization();
        });
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    /// <summary>Somebody with a browser gets a page about what went wrong; everybody else a problem.</summary>
    private static bool IsPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
        && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !NotPages.Any(path => http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
}
