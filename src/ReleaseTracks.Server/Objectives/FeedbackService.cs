using System.Text;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>What a user says about a feature.</summary>
public sealed record Feedback(string User, string? Organisation, string Category, string Text);

/// <summary>Takes reports of harm: one bad outcome for the variant the user has, and a record for people to read.</summary>
public sealed class FeedbackService(FeedbackStore store, OutcomeRecorder recorder, EnrollmentService enrollments, TimeProvider time)
{
    /// <summary>Reports that one person can make of one feature in a day: more would say nothing new, and could be meant to harm.</summary>
    public const int MostADay = 3;

    /// <returns>The id of the record.</returns>
    public async Task<string> ReportAsync(FeatureModel feature, Feedback feedback)
    {
        var (id, outcome) = (Secrets.Id("fb_"), await OutcomeAsync(feature, feedback));
        await store.AddAsync(Record(id, outcome, feedback));
        await recorder.RecordAsync(id, [outcome]);
        return id;
    }

    /// <summary>As above for a report that comes from the person directly, of which there are at most a few a day on all servers.</summary>
    /// <returns>False if there were that many before; then nothing is counted or kept.</returns>
    public async Task<bool> ReportByPersonAsync(FeatureModel feature, Feedback feedback)
    {
        var outcome = await OutcomeAsync(feature, feedback);
        var day = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        for (var number = 1; number <= MostADay; number++)
        {
            // A batch counts once: so the id is the number of the report, and the first free number is taken.
            var id = "fb_" + Secrets.Hash($"{feature.Config.Key}\n{day}\n{number}\n{feedback.User}")[..16];
            if (!await recorder.RecordAsync(id, [outcome]))
                continue;
            await store.AddAsync(Record(id, outcome, feedback));
            return true;
        }

        return false;
    }

    /// <summary>A killed feature serves no variant; the report then counts against its plain path.</summary>
    private async Task<OutcomeCount> OutcomeAsync(FeatureModel feature, Feedback feedback)
    {
        var track = await enrollments.TrackAsync(feedback.User, feedback.Organisation);
        var variant = Evaluator.Evaluate(feature, track, feedback.User).Variant?.Name ?? feature.Config.Fallback;
        return new(feature.Config.Key, track, variant, Indicator.Harm, 0, 1);
    }

    private byte[] Record(string id, OutcomeCount outcome, Feedback feedback) => Encoding.UTF8.GetBytes(Json.Object(json =>
    {
        json.WriteString("id", id);
        json.WriteString("at", Json.Time(time.GetUtcNow()));
        json.WriteString("feature", outcome.Feature);
        json.WriteString("user", feedback.User);
        json.WriteString("track", outcome.Track.Wire());
        json.WriteString("variant", outcome.Variant);
        json.WriteString("category", feedback.Category);
        json.WriteString("text", feedback.Text);
    }).GetRawText());
}
