using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;

namespace ReleaseTracks.Server.Access;

/// <summary>
/// The one-time link on the console: opening it once signs in as the bootstrap person, with every role of a person.
/// Only the hash is kept, and a used link is worthless.
/// </summary>
public sealed class SignInLinks
{
    private readonly Lock gate = new();
    private readonly HashSet<string> open = new(StringComparer.Ordinal);

    public string Create()
    {
        var token = Secrets.New();
        lock (gate)
            open.Add(Secrets.Hash(token));
        return $"/sign-in/{token}";
    }

    public bool Use(string token)
    {
        lock (gate)
            return open.Remove(Secrets.Hash(token));
    }
}

public static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/{token}", Use).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", (Delegate)Leave).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// Without a bootstrap token, somebody still has to get in first: prints a one-time link once the server listens.
    /// Not through the log, which is kept and shipped elsewhere.
    /// </summary>
    public static void AnnounceSignIn(this WebApplication app, TextWriter console)
    {
        if (app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.BootstrapToken.Length > 0)
            return;
        var links = app.Services.GetRequiredService<SignInLinks>();
        app.Lifetime.ApplicationStarted.Register(() =>
            console.WriteLine($"Sign in once with {app.Urls.First().Replace("//[::]", "//localhost", StringComparison.Ordinal).TrimEnd('/')}{links.Create()}"));
    }

    private static async Task<IResult> Use(string token, HttpContext http, SignInLinks links)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (!links.Use(token))
            return Results.Redirect("/sign-in?used");
        var actor = new Actor(ActorKinds.Bootstrap, "bootstrap", "one-time-link");
        await http.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            Principals.Of(actor, "bootstrap", Roles.People, CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.Redirect("/");
    }

    private static async Task<IResult> Leave(HttpContext http)
    {
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.Redirect("/sign-in");
    }
}
