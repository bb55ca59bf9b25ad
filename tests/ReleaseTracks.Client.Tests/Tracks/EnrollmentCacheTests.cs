using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests.Tracks;

public sealed class EnrollmentCacheTests
{
    private static readonly Enrollment OnAi = new(TrackKey.Ai, EnrollmentSource.OptIn, null);
    private readonly FakeTimeProvider time = FakeClock.At();
    private readonly List<string> stale = [];

    [Fact]
    public void Changed_ToALowerTrack_CountsBeforeTheServerIsAsked()
    {
        var cache = Cache();
        cache.Put("ada", OnAi, cache.Ask("ada"));

        cache.Changed("ada", TrackKey.Stable);

        Assert.Equal(TrackKey.Stable, cache.Find("ada", out var fresh)?.Track);
        Assert.False(fresh);
        Assert.Equal(["ada"], stale);
    }

    [Fact]
    public void Changed_ToAHigherTrack_CountsWhenTheServerWasAsked()
    {
        var cache = Cache();
        cache.Put("ada", Enrollment.None, cache.Ask("ada"));

        cache.Changed("ada", TrackKey.Ai);

        Assert.Equal(TrackKey.Stable, cache.Find("ada", out _)?.Track);
        Assert.True(cache.Put("ada", OnAi, cache.Ask("ada")));
        Assert.Equal(TrackKey.Ai, cache.Find("ada", out var fresh)?.Track);
        Assert.True(fresh);
    }

    [Fact]
    public void Put_AnswerThatAChangeOvertook_IsNotKept()
    {
        var cache = Cache();
        var asked = cache.Ask("ada");
        cache.Changed("ada", TrackKey.Stable);

        Assert.False(cache.Put("ada", OnAi, asked));
        Assert.Null(cache.Find("ada", out _));
    }

    [Fact]
    public void Put_AnswerFromBeforeADoubt_IsKnownButNotFresh()
    {
        var cache = Cache();
        var asked = cache.Ask("ada");
        cache.Doubt(live: true);

        Assert.True(cache.Put("ada", OnAi, asked));
        Assert.Equal(TrackKey.Ai, cache.Find("ada", out var fresh)?.Track);
        Assert.False(fresh);
    }

    [Fact]
    public void Doubt_WithAStream_ReadsEverybodyAgain()
    {
        var cache = Cache();
        cache.Put("ada", OnAi, cache.Ask("ada"));
        cache.Put("bea", OnAi, cache.Ask("bea"));

        cache.Doubt(live: true);

        Assert.Equal(["ada", "bea"], stale.Order());
    }

    [Fact]
    public void Find_WithoutAStream_IsFreshForSecondsOnly()
    {
        var cache = Cache();
        cache.Doubt(live: false);
        cache.Put("ada", OnAi, cache.Ask("ada"));

        cache.Find("ada", out var soon);
        time.Advance(TimeSpan.FromSeconds(11));
        var known = cache.Find("ada", out var later);

        Assert.True(soon);
        Assert.False(later);
        Assert.Equal(TrackKey.Ai, known?.Track);
    }

    [Fact]
    public void Put_MoreUsersThanMost_ForgetsThoseNotSeen()
    {
        var cache = Cache(most: 1000);
        for (var i = 0; i < 5000; i++)
        {
            cache.Put($"user-{i}", OnAi, cache.Ask($"user-{i}"));
            cache.Find("user-0", out _);
        }

        Assert.InRange(cache.Count, 900, 1000);
        Assert.NotNull(cache.Find("user-0", out _));
        Assert.NotNull(cache.Find("user-4999", out _));
    }

    [Fact]
    public void Put_FromManyThreads_KeepsItsCount()
    {
        var cache = Cache(most: 500);
        Parallel.For(0, 20_000, i =>
        {
            var user = $"user-{i % 3000}";
            cache.Put(user, OnAi, cache.Ask(user));
            if (i % 7 == 0)
                cache.Changed(user, TrackKey.Stable);
        });

        Assert.InRange(cache.Count, 1, 500);
        Assert.Equal(cache.Count, Enumerable.Range(0, 3000).Count(i => cache.Find($"user-{i}", out _) is not null));
    }

    private EnrollmentCache Cache(int most = 100)
    {
        var cache = new EnrollmentCache(Options.Create(new ReleaseTracksOptions { MostUsers = most }), time);
        cache.Doubt(live: true);
        cache.Stale += users =>
        {
            lock (stale)
                stale.AddRange(users);
        };
        return cache;
    }
}
