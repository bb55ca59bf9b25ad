using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using ReleaseTracks.Server.Http;

namespace ReleaseTracks.Server.Access;

public static class AccessSetup
{
    private const string Either = "token-or-cookie";

    public static void AddAccess(this IServiceCollection services, IConfiguration configuration, string dataPath)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section))
            .Validate(options => options.IsValid, AccessOptions.Rule).ValidateOnStart();
        services.AddSingleton<KeyUse>();
        services.AddSingleton<TokenCallers>();
        services.AddSingleton<SignInLinks>();
        services.AddDataProtection()
            .SetApplicationName("ReleaseTracks")
            .PersistKeysToFileSystem(new(Path.Combine(Path.GetFullPath(dataPath), "keys", "sessions")));
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = http =>
                http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/ofrep") || TokenAuthentication.IsSent(http.Request)
                    ? http.Request.Cookies.ContainsKey(CookieName) && !TokenAuthentication.IsSent(http.Request)
                        ? CookieAuthenticationDefaults.AuthenticationScheme
                        : TokenAuthentication.SchemeName
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddCookie(Configure);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Policies.RolesOf[Policies.View]).Build())
            .AddPolicies();
        services.AddCascadingAuthenticationState();
    }

    private const string CookieName = "rt.session";

    /// <summary>
    /// A write with a cookie must carry <c>X-ReleaseTracks: 1</c>: a foreign page can make the browser send the
    /// cookie, but not a header of its own.
    /// </summary>
    public static void UseCsrfGuard(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var writes = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method);
        var byCookie = http.User.Identity?.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme;
        if (writes && byCookie && http.Request.Path.StartsWithSegments("/api") && http.Request.Headers["X-ReleaseTracks"] != "1")
        {
            await Problems.Forbidden("csrf", "The request may come from a foreign page.", "Send the header X-ReleaseTracks: 1 with writes that use a session cookie.")
                .ExecuteAsync(http);
            return;
        }

        await next(http);
    });

    private static void AddPolicies(this AuthorizationBuilder builder)
    {
        foreach (var (policy, roles) in Policies.RolesOf)
            builder.AddPolicy(policy, rule => rule.RequireRole(roles));
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.LoginPath = "/sign-in";
        options.Events.OnRedirectToLogin = context => Refuse(context, StatusCodes.Status401Unauthorized, "unauthenticated", "Who is calling is not known.");
        options.Events.OnRedirectToAccessDenied = context => Refuse(context, StatusCodes.Status403Forbidden, "forbidden", "This caller may not do that.");
    }

    /// <summary>A browser that asks for a page is sent to the sign-in page; every other caller gets a problem it can read.</summary>
    private static Task Refuse(RedirectContext<CookieAuthenticationOptions> context, int status, string type, string title)
    {
        if (!context.Request.Path.StartsWithSegments("/api") && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect("/sign-in");
            return Task.CompletedTask;
        }

        return Problems.Of(status, type, title, "Sign in again, or use a credential with the role that the operation needs.").ExecuteAsync(context.HttpContext);
    }
}
