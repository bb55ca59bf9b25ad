using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.Mvc;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>Pages as somebody wrote them who knows FeatureManagement only.</summary>
internal static class FeatureManagementApp
{
    public static ClientAppOptions Options { get; } = new()
    {
        Builder = builder =>
        {
            builder.WebHost.UseStaticWebAssets();
            builder.Services.AddFeatureManagement();
            builder.Services.AddControllersWithViews().AddApplicationPart(typeof(FeatureManagementApp).Assembly);
        },
        App = Map,
    };

    public static void Map(WebApplication app)
    {
        app.MapGet("/fm/{feature}", async (string feature, IVariantFeatureManager features) =>
            $"{await features.IsEnabledAsync(feature)} {(await features.GetVariantAsync(feature))?.Name}");
        app.UseStaticFiles();
        app.MapControllers();
    }
}

/// <summary>Gated by the attribute; its view uses the tag helpers.</summary>
public sealed class GatedController : Controller
{
    [HttpGet("/gated")]
    [FeatureGate("smart-replies")]
    public IActionResult Gated() => Content("open");

    [HttpGet("/page")]
    public IActionResult Page() => View("/Features/Page.cshtml");
}
