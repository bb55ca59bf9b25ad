using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Me;

/// <summary>
/// A person's own AI mode. Rendered on the server without a circuit, so that it works in the frame of a product, without
/// cookies and without scripts.
/// </summary>
public sealed partial class MePage
{
    private MePerson? person;
    private MeView? view;
    private DateTimeOffset now;

    [SupplyParameterFromQuery(Name = "user")]
    public string? User { get; set; }

    [SupplyParameterFromQuery(Name = "organisation")]
    public string? Organisation { get; set; }

    [SupplyParameterFromQuery(Name = "ticket")]
    public string? Ticket { get; set; }

    [SupplyParameterFromQuery(Name = "done")]
    public string? Done { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [Inject]
    private MeTickets Tickets { get; set; } = null!;

    [Inject]
    private EnrollmentService Enrollments { get; set; } = null!;

    [Inject]
    private EnrollmentStore Receipts { get; set; } = null!;

    [Inject]
    private SnapshotHolder Snapshots { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private (string Text, bool IsGood)? Notice => Done switch
    {
        "on" => ("AI mode is on. Thank you for trying it.", true),
        "off" => ("AI mode is off. You have the plain versions again, at once.", true),
        "reported" => ("Thank you. Your report is with the people who work on it.", true),
        "enough" => ($"We have {Objectives.FeedbackService.MostADay} reports of yours on this feature today; they are being read.", true),
        "tick" => ("Please tick that you have read what AI mode does.", false),
        "version" => ("The text changed while you were reading. Please read it again.", false),
        "ceiling" => ("Your organisation does not offer AI mode, so nothing was changed.", false),
        "closed" => ("AI mode takes nobody new at the moment, so nothing was changed.", false),
        "incomplete" => ("The report was not complete, so it was not sent.", false),
        "away" => ("That did not get through. Please try again in a minute.", false),
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        now = Time.GetUtcNow();
        // Last, because the framework's own forms have a say in the header and complain when they find another's.
        Http.Response.OnStarting(() =>
        {
            Http.Response.Headers.CacheControl = "no-cache, no-store";
            return Task.CompletedTask;
        });
        person = await MePerson.FindAsync(Http, Tickets, User, Organisation, Ticket);
        if (person is null)
        {
            Http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            var stored = await Enrollments.GetAsync(person.User);
            view = MeView.Of(Snapshots.Current, person.User, stored, person.Organisation, await Receipts.ReceiptsAsync(person.User));
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            Http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static string Say(MeChoice choice) => choice switch
    {
        { To: TrackKey.Ai, DisclosureVersion: { } version } => $"AI mode turned on, having read version {version} of the text",
        { From: TrackKey.Ai } => "AI mode turned off",
        _ => $"From {choice.From.Label()} to {choice.To.Label()}",
    };
}
