using System.Globalization;
using ReleaseTracks.Demo.Hosting;
using ReleaseTracks.Demo.SampleApp;
using ReleaseTracks.Demo.Setup;
using ReleaseTracks.Demo.Traffic;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Demo.Story;

/// <summary>
/// Follows one fault from the moment it begins until the server has verified the rollback and the sample app itself
/// serves every reader the fallback. Throws when anything else happens than that.
/// </summary>
internal sealed class RollbackWatch(
    DemoServer server, ManagementApi api, ServedLog served, FaultSwitch fault, Storyteller story, TimeProvider time)
{
    private const string Track = "ai";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly DateTimeOffset started = time.GetUtcNow();

    /// <summary>What has not happened yet, for when it never does.</summary>
    public string Waiting { get; private set; } = "";

    public async Task FollowAsync(FaultKind kind, CancellationToken cancel)
    {
        var (bad, good) = kind == FaultKind.Harm ? (DemoFeature.Summaries, DemoFeature.RankedFeed) : (DemoFeature.RankedFeed, DemoFeature.Summaries);
        if ((await RollbacksAsync(cancel)).FirstOrDefault() is { } early)
            throw new DemoException($"{string.Join(", ", early.Features)} was rolled back before anything failed ({early.Cause}, {early.Objective}).");
        var began = time.GetUtcNow();
        fault.TurnOn(kind);
        story.Fault(began, $"FAULT        {Describe(kind)}");
        await EvidenceAsync(bad, began, cancel);
        var rollback = await CommittedAsync(bad, cancel);
        await FirstBackAsync(bad, rollback, cancel);
        await VerifiedAsync(bad, rollback, cancel);
        await UntouchedAsync(good, rollback, cancel);
    }

    private static string Describe(FaultKind kind) => kind switch
    {
        FaultKind.Errors => "the ranking model has no capacity left: it stalls and throws",
        FaultKind.Slow => "the ranking model takes 0.9 s instead of milliseconds",
        _ => "the summary model makes things up; readers begin to report it",
    };

    private async Task EvidenceAsync(DemoFeature feature, DateTimeOffset began, CancellationToken cancel)
    {
        Waiting = $"the evidence against {feature.Key} to cross its threshold";
        var row = await UntilAsync(async () => Proven(feature, began) ?? (await RollbackOfAsync(feature, cancel) is null ? null : Rows(feature).First()), cancel);
        var counts = row.Counts;
        story.Tell(row.ProvenAt ?? time.GetUtcNow(), string.Create(
            CultureInfo.InvariantCulture,
            $"EVIDENCE     {row.Key.Objective}: ln E = {row.Evidence?.G:0.0} of {row.Evidence?.Threshold:0.0} needed, against control {row.Evidence?.C1:0.0}; "
            + $"{counts?.Bad} of {counts?.Total} bad, control {counts?.ControlBad} of {counts?.ControlTotal}"));
    }

    private async Task<SeenRollback> CommittedAsync(DemoFeature feature, CancellationToken cancel)
    {
        Waiting = $"the rollback of {feature.Key} to be committed";
        var rollback = await UntilAsync(() => RollbackOfAsync(feature, cancel), cancel);
        story.Tell(rollback.At, $"ROLLED BACK  {feature.Key} on {rollback.Track} at revision {rollback.Revision} ({rollback.Cause}, {rollback.Objective})");
        return rollback;
    }

    private async Task FirstBackAsync(DemoFeature feature, SeenRollback rollback, CancellationToken cancel)
    {
        Waiting = $"the sample app to serve {feature.Fallback} to the first reader who had {feature.Special}";
        var first = await UntilAsync(() => Task.FromResult(served.FirstBack(feature.Key, rollback.At)), cancel);
        story.Tell(first.At, $"FIRST BACK   the sample app serves {first.User} (track {first.Track}) the variant '{first.Variant}' again");
    }

    private async Task VerifiedAsync(DemoFeature feature, SeenRollback rollback, CancellationToken cancel)
    {
        Waiting = $"the sample app to serve '{feature.Fallback}' to every AI reader again";
        await UntilAsync(() => Task.FromResult(AllBack(feature, rollback.At) ? feature : null), cancel);
        var all = time.GetUtcNow();
        Waiting = $"the server to verify the rollback of {feature.Key}";
        var verified = await UntilAsync(
            async () => (await RollbacksAsync(cancel)).FirstOrDefault(one => one.Id == rollback.Id && one.VerifiedAt is not null), cancel);
        var lines = new (DateTimeOffset At, string Text)[]
        {
            (all, $"ALL BACK     every one of the {Readers.Ai.Count} AI readers is on '{feature.Fallback}'"),
            (verified.VerifiedAt!.Value, "VERIFIED     the server read it back: the evaluator serves the fallback, and so does the traffic"),
        };
        foreach (var (at, text) in lines.OrderBy(line => line.At))
            story.Tell(at, text);
        if (!AllBack(feature, rollback.At))
            throw new DemoException($"{feature.Key} was verified as rolled back, but a reader got '{feature.Special}' after that.");
    }

    private async Task UntouchedAsync(DemoFeature other, SeenRollback rollback, CancellationToken cancel)
    {
        Waiting = $"AI readers to get '{other.Special}' of {other.Key}, which did not fail";
        await UntilAsync(() => Task.FromResult(LastOf(other).FirstOrDefault(user => user.Variant == other.Special && user.At > rollback.At)), cancel);
        if ((await RollbacksAsync(cancel)).FirstOrDefault(one => one.Id != rollback.Id || one.Features.Contains(other.Key)) is { } more)
            throw new DemoException($"{string.Join(", ", more.Features)} was rolled back too ({more.Cause}, {more.Objective}).");
        story.Tell(time.GetUtcNow(), $"UNTOUCHED    {other.Key} did not fail and is still served");
    }

    private bool AllBack(DemoFeature feature, DateTimeOffset since)
    {
        var last = LastOf(feature).ToArray();
        return last.Length == Readers.Ai.Count && last.All(user => user.At > since && user.Variant == feature.Fallback);
    }

    private IEnumerable<ServedUser> LastOf(DemoFeature feature) =>
        served.OnTrack(feature.Key, Track).Where(user => Readers.Ai.Contains(user.User, StringComparer.Ordinal));

    private BudgetRow? Proven(DemoFeature feature, DateTimeOffset since) => Rows(feature).FirstOrDefault(row => row.ProvenAt >= since);

    private IEnumerable<BudgetRow> Rows(DemoFeature feature) =>
        server.Budgets.Rows().Where(row => row.Key.Feature == feature.Key && row.Key.Track == TrackKey.Ai).OrderByDescending(row => row.Verdict);

    private async Task<SeenRollback?> RollbackOfAsync(DemoFeature feature, CancellationToken cancel) =>
        (await RollbacksAsync(cancel)).FirstOrDefault(one => one.Track == Track && one.Features.Contains(feature.Key));

    /// <summary>Those of this run: the data may hold older ones.</summary>
    private async Task<IEnumerable<SeenRollback>> RollbacksAsync(CancellationToken cancel) =>
        (await api.RollbacksAsync(cancel)).Where(one => one.At >= started);

    private async Task<T> UntilAsync<T>(Func<Task<T?>> find, CancellationToken cancel)
        where T : class
    {
        while (true)
        {
            if (await find() is { } found)
                return found;
            await Task.Delay(Look, time, cancel);
        }
    }
}
