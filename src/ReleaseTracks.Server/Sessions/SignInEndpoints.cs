using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Sessions;

public static partial class SignInEndpoints
{
    /// <summary>Chat and mail programs that fetch every link to show what is behind it say so in their name.</summary>
    private static readonly string[] Previewers = ["bot", "preview", "externalhit", "whatsapp"];

    public static void MapSignIn(this WebApplication routes)
    {
        if (routes.Services.GetRequiredService<IOptions<AccessOptions>>().Value.Oidc.IsConfigured)
            routes.MapGet(Urls.SignInWithProvider, AskProvider).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/sign-in/{token}", Use).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Urls.SignOut, Leave).AllowAnonymous().ExcludeFromDescription();
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

    private static async Task<IResult> Use(string token, HttpContext http, PersonSessions sessions, SignInLinks links, FailedSignIns failed)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (IsLookingAhead(http.Request))
            return Results.Text("Open this link in a browser to sign in.", statusCode: StatusCodes.Status503ServiceUnavailable);
        if (await FindAsync(token, sessions, links, http.RequestAborted) is { } person)
        {
            await http.SignInAsync(SessionCookie.SchemeName, person);
            return Results.Redirect(Urls.Board);
        }

        if (failed.Note(http.Connection.RemoteIpAddress, "link") is not { } wait)
            return Results.Redirect(Urls.SignIn + "?used");
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-sign-ins", "Too many links that do not work.", "Wait as long as Retry-After says.");
    }

    private static async Task<IResult> AskProvider(HttpContext http, ILogger<OidcSignIn> logger, string? returnUrl = null)
    {
        try
        {
            await http.ChallengeAsync(OidcSignIn.SchemeName, new() { RedirectUri = Urls.IsLocal(returnUrl) ? returnUrl : Urls.Board });
            return Results.Empty;
        }
        catch (Exception away) when (away is InvalidOperationException or HttpRequestException or IOException)
        {
            Log.ProviderAway(logger, away);
            return Results.Redirect(Urls.SignIn + "?provider-away");
        }
    }

    private static async Task<ClaimsPrincipal?> FindAsync(string token, PersonSessions sessions, SignInLinks links, CancellationToken cancel)
    {
        if (!links.Use(token))
            return await sessions.ByInvitationAsync(token, cancel);
        try
        {
            return await sessions.AsOwnerAsync(cancel);
        }
        catch
        {
            links.Return(token);
            throw;
        }
    }

    /// <summary>
    /// A link works once, and must not be used up by a program that looks at it before the person does. A scanner that
    /// passes for a browser is let through: then the link is used, and an administrator makes a new one.
    /// </summary>
    private static bool IsLookingAhead(HttpRequest request) =>
        request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || Previewers.Any(word => request.Headers.UserAgent.ToString().Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The browser forgets the session in any case, also while nothing can be written.</summary>
    private static async Task<IResult> Leave(HttpContext http, PersonSessions sessions, ILogger<PersonSessions> logger)
    {
        await http.SignOutAsync(SessionCookie.SchemeName);
        try
        {
            await sessions.EndAsync(http.User, http.Request.Query.ContainsKey("everywhere"), http.RequestAborted);
        }
        catch (LedgerUnavailableException refused)
        {
            Log.NotEnded(logger, refused);
        }

        return Results.Redirect(Urls.SignIn);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The identity provider cannot be asked: its configuration does not load")]
        public static partial void ProviderAway(ILogger logger, Exception cause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A session was left but not ended: the ledger takes no entries")]
        public static partial void NotEnded(ILogger logger, Exception cause);
    }
}
