using System.Collections.Concurrent;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>What the sample app last served to one user of one feature.</summary>
internal sealed record ServedUser(string Feature, string User, string Track, string Variant, DateTimeOffset At);

/// <summary>The sample app's own view of who gets what: the proof of a rollback that does not come from the server.</summary>
internal sealed class ServedLog(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Feature, string User), ServedUser> last = new();
    private readonly ConcurrentQueue<ServedUser> returned = new();

    public void Saw(DemoFeature feature, string user, Assignment assignment)
    {
        var now = new ServedUser(feature.Key, user, assignment.Track, assignment.Variant, time.GetUtcNow());
        var before = last.GetValueOrDefault((feature.Key, user));
        last[(feature.Key, user)] = now;
        if (before is not null && before.Variant != feature.Fallback && now.Variant == feature.Fallback)
            returned.Enqueue(now);
    }

    /// <summary>The first user who had the feature and got its fallback at or after <paramref name="since"/>.</summary>
    public ServedUser? FirstBack(string feature, DateTimeOffset since) =>
        returned.FirstOrDefault(user => user.Feature == feature && user.At >= since);

    public IReadOnlyList<ServedUser> OnTrack(string feature, string track) =>
        [.. last.Values.Where(user => user.Feature == feature && user.Track == track)];
}
