using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

public static class OutcomeEndpoints
{
    private const int MostOutcomes = 1000;
    private const long MostEvents = 1_000_000_000;

    public static void MapOutcomes(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Outcomes");
        api.MapPost("/outcomes", Record).RequireAuthorization(Policies.Evaluate).WithSummary("Counts a batch of outcomes exactly once.");
        api.MapPost("/feedback", Feedback).RequireAuthorization(Policies.Evaluate).WithSummary("A user's report of harm.");
        api.MapGet("/feedback", Latest).RequireAuthorization(Policies.View).WithSummary("The newest reports, for the SRE.");
    }

    private static async Task<IResult> Record(HttpContext http, OutcomeRecorder recorder, SnapshotHolder snapshots)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("batchId", "outcomes"))
            return Problems.Invalid(errors);
        var batchId = input.Member("batchId").RequiredString(100);
        var items = input.Member("outcomes").Items(MostOutcomes);
        if (items.Count == 0 && !errors.Any)
            input.Member("outcomes").Fail("Give at least one outcome.");
        var outcomes = items.Select(item => Read(item, snapshots.Current)).ToArray();
        if (errors.Any)
            return Problems.Invalid(errors);
        var counted = await recorder.RecordAsync(batchId, outcomes!);
        return JsonAnswer.Object(json => json.WriteBoolean("counted", counted), StatusCodes.Status202Accepted);
    }

    private static OutcomeCount Read(JsonInput input, Snapshot state)
    {
        if (!input.RequireObject("feature", "track", "variant", "indicator", "good", "bad"))
            return null!;
        var feature = input.Member("feature").RequiredString(63);
        var model = state.FindUnarchived(feature);
        if (model is null && feature.Length > 0)
            input.Member("feature").Fail("There is no such feature; outcomes are counted for known features only.");
        var track = FeatureJson.ReadTrack(input.Member("track"));
        var variant = input.Member("variant").RequiredString(63);
        if (model is not null && variant.Length > 0 && model.Config.Find(variant) is null)
            input.Member("variant").Fail("The feature has no such variant.");
        var text = input.Member("indicator").RequiredString(63);
        if (!Indicators.TryParse(text, out var indicator) && text.Length > 0)
            input.Member("indicator").Fail("Unknown indicator; choose availability, latency, quality or harm.");
        return new(feature, track ?? TrackKey.Stable, variant, indicator, Events(input.Member("good")), Events(input.Member("bad")));
    }

    private static long Events(JsonInput input)
    {
        var number = input.Whole() ?? 0;
        if (number is < 0 or > MostEvents)
            input.Fail($"Must be from 0 to {MostEvents}.");
        return number;
    }

    private static async Task<IResult> Feedback(HttpContext http, FeedbackService reports, SnapshotHolder snapshots)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("feature", "user", "category", "text", "organisation"))
            return Problems.Invalid(errors);
        var key = input.Member("feature").RequiredString(63);
        var user = input.Member("user").RequiredString(256);
        var category = input.Member("category").RequiredString(63);
        var text = input.Member("text").OptionalString(4000) ?? "";
        var organisation = input.Member("organisation").OptionalString(200);
        var model = snapshots.Current.FindUnarchived(key);
        if (model is null && key.Length > 0)
            input.Member("feature").Fail("There is no such feature.");
        if (errors.Any)
            return Problems.Invalid(errors);

        var id = await reports.ReportAsync(model!, new(user, organisation, category, text));
        return JsonAnswer.Object(json => json.WriteString("id", id), StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> Latest(FeedbackStore feedback, int limit = 100)
    {
        if (limit is < 1 or > 1000)
            return Problems.Invalid("limit", "Give 1 to 1000.");
        var reports = await feedback.LatestAsync(limit);
        return JsonAnswer.Array(reports, (json, report) => json.WriteRawValue(report, skipInputValidation: true));
    }
}
