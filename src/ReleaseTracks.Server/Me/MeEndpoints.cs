using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Me;

/// <summary>
/// What the page's forms do. They are plain forms without a script or a cookie, because the page lives in other people's
/// frames; with a ticket the ticket itself proves that the page sent them, with a session the antiforgery token does.
/// </summary>
public static class MeEndpoints
{
    public const int LongestText = 2000;

    public static IReadOnlyList<(string Value, string Label)> Categories { get; } =
    [
        ("wrong", "It was wrong"), ("harmful", "It was harmful or hurtful"), ("private", "It used something private"),
        ("unwanted", "It did something I did not want"), ("other", "Something else"),
    ];

    public static void AddMe(this IServiceCollection services) => services.AddSingleton<MeTickets>();

    public static void MapMe(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/me/choice", Choose).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/me/report", Report).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>POST /api/v1/users/{id}/me-ticket; the user's id was checked before.</summary>
    internal static async Task<IResult> Issue(string id, HttpContext http, MeTickets tickets)
    {
        string? organisation = null;
        if (http.Request.ContentLength is not (null or 0) || http.Request.Headers.TransferEncoding.Count > 0)
        {
            var body = await JsonBody.ReadAsync(http.Request);
            if (body.Problem is not null)
                return body.Problem;
            var errors = new InputErrors();
            var input = new JsonInput(body.Root, "", errors);
            if (input.RequireObject("organisation"))
                organisation = input.Member("organisation").OptionalString(200) is { Length: > 0 } named ? named : null;
            if (errors.Any)
                return Problems.Invalid(errors);
        }

        if (await tickets.IssueAsync(id, organisation, http.RequestAborted) is not { } issued)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "store-unavailable", "No ticket can be made right now.", "The store does not answer; try again in a moment.");
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.Object(
            json =>
            {
                json.WriteString("url", $"{http.Request.Scheme}://{http.Request.Host}{Urls.MeFor(id, organisation, issued.Ticket)}");
                json.WriteString("ticket", issued.Ticket);
                json.WriteString("expiresAt", Json.Time(issued.ExpiresAt));
            },
            StatusCodes.Status201Created);
    }

    private static async Task<IResult> Choose(HttpContext http, MeTickets tickets, IAntiforgery antiforgery, EnrollmentService enrollments)
    {
        var form = await FormAsync(http);
        if (await CallerAsync(http, form, tickets, antiforgery) is not { } person)
            return Results.Redirect(Urls.Me);
        var on = form["mode"] == "on";
        if (on && form["read"] != "yes")
            return Back(person.UrlAfter("tick"));
        var version = int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : 0;
        try
        {
            var decision = await enrollments.ChangeAsync(
                person.User, new(on ? TrackKey.Ai : TrackKey.Stable, true, person.Organisation, on ? version : null), person.Actor);
            return Back(person.UrlAfter(decision.Refusal switch
            {
                null => on ? "on" : "off",
                EnrollmentRefusal.AboveCeiling => "ceiling",
                EnrollmentRefusal.TrackClosed => "closed",
                _ => "version",
            }));
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost) || lost is TimeoutException)
        {
            return Back(person.UrlAfter("away"));
        }
    }

    private static async Task<IResult> Report(
        HttpContext http, MeTickets tickets, IAntiforgery antiforgery, FeedbackService reports, SnapshotHolder snapshots)
    {
        var form = await FormAsync(http);
        if (await CallerAsync(http, form, tickets, antiforgery) is not { } person)
            return Results.Redirect(Urls.Me);
        var (category, text) = (form["category"].ToString(), form["text"].ToString().Trim());
        if (snapshots.Current.FindUnarchived(form["feature"].ToString()) is not { } feature
            || Categories.All(known => known.Value != category) || text.Length > LongestText || Text.HasControl(text.ReplaceLineEndings("")))
        {
            return Back(person.UrlAfter("incomplete"));
        }

        try
        {
            return Back(person.UrlAfter(await reports.ReportByPersonAsync(feature, new(person.User, person.Organisation, category, text)) ? "reported" : "enough"));
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            return Back(person.UrlAfter("away"));
        }
    }

    private static async Task<IFormCollection> FormAsync(HttpContext http) =>
        http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;

    private static async ValueTask<MePerson?> CallerAsync(HttpContext http, IFormCollection form, MeTickets tickets, IAntiforgery antiforgery)
    {
        var person = await MePerson.FindAsync(http, tickets, form["user"], form["organisation"], form["ticket"]);
        return person is { Ticket: null } && !await antiforgery.IsRequestValidAsync(http) ? null : person;
    }

    /// <summary>See other: loading the page again must not choose again.</summary>
    private static IResult Back(string url) => new SeeOther(url);

    private sealed class SeeOther(string url) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = url;
            return Task.CompletedTask;
        }
    }
}
