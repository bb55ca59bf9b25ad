using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Http;

namespace ReleaseTracks.Server.Sessions;

/// <summary>The cookie that names a session. What the session may do is looked up with every request.</summary>
public sealed class SessionCookie(IOptions<AccessOptions> access) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string SchemeName = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string CookieName = "rt.session";

    public static bool IsSent(HttpRequest request) => request.Cookies.ContainsKey(CookieName);

    public void Configure(CookieAuthenticationOptions options) => Configure(SchemeName, options);

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        // Not Strict: the page after a link in a mail, or after the identity provider, would be opened without the cookie.
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = access.Value.SessionSpan;
        options.SlidingExpiration = false;
        options.LoginPath = Urls.SignIn;
        options.Events.OnSigningIn = context =>
        {
            context.Properties.IsPersistent = true;
            return Task.CompletedTask;
        };
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context => RefuseAsync(
            context, Urls.SignInFor(context.Request.Path + context.Request.QueryString), StatusCodes.Status401Unauthorized, "unauthenticated", "Who is calling is not known.");
        options.Events.OnRedirectToAccessDenied = context => RefuseAsync(
            context, Urls.Forbidden, StatusCodes.Status403Forbidden, "forbidden", "This caller may not do that.");
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<PersonSessions>();
        if (await sessions.RenewAsync(context.Principal!, context.HttpContext.RequestAborted) is { } current)
            context.ReplacePrincipal(current);
        else
            context.RejectPrincipal();
    }

    /// <summary>A browser that asks for a page is sent to one; every other caller gets a problem it can read.</summary>
    private static Task RefuseAsync(RedirectContext<CookieAuthenticationOptions> context, string page, int status, string type, string title)
    {
        if (ComponentsSetup.IsPage(context.HttpContext))
        {
            context.Response.Redirect(page);
            return Task.CompletedTask;
        }

        return Problems.Of(status, type, title, "Sign in again, or use a credential with the role that the operation needs.").ExecuteAsync(context.HttpContext);
    }
}
