using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace ReleaseTracks.Server.Components;

public partial class App
{
    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    /// <summary>Pages marked with ExcludeFromInteractiveRouting need no circuit: signing in must work without one.</summary>
    private IComponentRenderMode? Mode => Http.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;

    private string? Zone => Http.Request.Cookies[ViewerTime.Cookie] is { Length: > 0 } zone ? Uri.UnescapeDataString(zone) : null;
}
