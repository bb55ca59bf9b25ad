using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>A user's report, as the SRE reads it.</summary>
public sealed record FeedbackReport(string Id, DateTimeOffset At, string Feature, TrackKey Track, string Variant, string User, string Category, string Text);

/// <summary>The newest reports for pages, read at most every few seconds however many people look.</summary>
public sealed class RecentFeedback(FeedbackStore store, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private const int Most = 1000;
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Read? last;

    /// <summary>Newest first.</summary>
    public async ValueTask<ImmutableArray<FeedbackReport>> OfAsync(string feature)
    {
        if (!IsFresh(last))
        {
            await gate.WaitAsync();
            try
            {
                if (!IsFresh(last))
                    last = new([.. (await store.LatestAsync(Most)).Select(Parse).OfType<FeedbackReport>()], time.GetTimestamp());
            }
            finally
            {
                gate.Release();
            }
        }

        return [.. last!.Reports.Where(report => report.Feature == feature)];
    }

    public void Dispose() => gate.Dispose();

    private bool IsFresh(Read? read) => read is not null && time.GetElapsedTime(read.At) < Lifetime;

    private static FeedbackReport? Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var input = new JsonInput(document.RootElement, "", new());
        var report = new FeedbackReport(
            input.Member("id").RequiredString(100),
            Json.TryParseTime(input.Member("at").RequiredString(40), out var at) ? at : default,
            input.Member("feature").RequiredString(63),
            TrackKeys.TryParse(input.Member("track").RequiredString(63), out var track) ? track : TrackKey.Stable,
            input.Member("variant").RequiredString(63),
            input.Member("user").RequiredString(256),
            input.Member("category").RequiredString(63),
            input.Member("text").OptionalString(4000) ?? "");
        return input.Errors.Any ? null : report;
    }

    private sealed record Read(ImmutableArray<FeedbackReport> Reports, long At);
}
