using ReleaseTracks.Features;
using ReleaseTracks.Server.Me;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Me;

public sealed class MeViewTests
{
    private static readonly Enrollment OnAi = new(TrackKey.Ai, EnrollmentSource.OptIn, Make.Now, null, 1);

    [Fact]
    public void View_OnTheAiTrack_SaysWhatTheyHaveAndWhy()
    {
        var view = See(Make.Snapshot(Make.Feature("f", ai: "on:100")), OnAi);

        Assert.True(view.IsOn);
        Assert.False(view.IsNewText);
        var feature = Assert.Single(view.Features);
        Assert.Equal((true, "You have it, because you are on the AI track."), (feature.Has, feature.Why));
    }

    [Fact]
    public void View_NotOnAi_SaysThatItComesWithIt() =>
        Assert.Equal("You do not have it. It comes with AI mode.", Assert.Single(See(Make.Snapshot(Make.Feature("f", ai: "on:100")), Enrollment.None).Features).Why);

    [Fact]
    public void View_RolledBack_SaysThatItIsThePlainVersion() =>
        Assert.Contains("plain version", Assert.Single(See(Make.Snapshot(Make.Model(Make.Feature("f", ai: "on:100"), TrackKey.Ai)), OnAi).Features).Why, StringComparison.Ordinal);

    [Fact]
    public void View_OnlySomeHaveIt_SaysHowManyAndWhichSideTheyAreOn()
    {
        var state = Make.Snapshot(Make.Feature("f", ai: "on:25 off:75"));
        var views = Enumerable.Range(0, 50).Select(user => Assert.Single(MeView.Of(state, "u" + user, OnAi, null, []).Features)).ToArray();

        Assert.All(views, feature => Assert.Contains("25 %", feature.Why, StringComparison.Ordinal));
        Assert.Contains(views, feature => feature.Has && feature.Why.Contains("you are among them", StringComparison.Ordinal));
        Assert.Contains(views, feature => !feature.Has && feature.Why.Contains("you are not among them", StringComparison.Ordinal));
    }

    [Fact]
    public void View_TextChangedSince_AsksToReadItAgain()
    {
        var state = Make.Snapshot(Array.Empty<FeatureModel>()).With(TrackKey.Ai, track => track with { Config = track.Config with { Disclosure = new(2, "New", null) } });

        Assert.True(See(state, OnAi).IsNewText);
    }

    [Fact]
    public void View_TrackClosed_TellsNewcomersButNotThoseOnIt()
    {
        var state = Make.Snapshot(Array.Empty<FeatureModel>()).With(TrackKey.Ai, track => track with { ClosedBy = "rb" });

        Assert.Contains("takes nobody new", See(state, Enrollment.None).Hindrance, StringComparison.Ordinal);
        Assert.Null(See(state, OnAi).Hindrance);
    }

    [Fact]
    public void View_CeilingBelowAi_OffersNothing()
    {
        var state = Make.Snapshot(Make.Feature("f", ai: "on:100")).With(new Organisation("acme", TrackKey.Innovative));

        var view = MeView.Of(state, "ada", OnAi, "acme", []);

        Assert.False(view.IsOn);
        Assert.Contains("Your organisation", view.Hindrance, StringComparison.Ordinal);
        Assert.False(Assert.Single(view.Features).Has);
    }

    private static MeView See(Snapshot state, Enrollment stored) => MeView.Of(state, "ada", stored, null, []);
}
