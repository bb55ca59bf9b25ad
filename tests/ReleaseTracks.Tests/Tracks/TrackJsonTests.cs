using CsCheck;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Tracks;

public sealed class TrackJsonTests
{
    private static (Track? Track, IReadOnlyList<InputError> Errors) Read(string json)
    {
        var errors = new InputErrors();
        var track = TrackJson.Read(new JsonInput(Make.Json(json), "track", errors));
        Assert.Equal(track is null, errors.Any);
        return (track, errors.All);
    }

    [Fact]
    public void WriteThenRead_AnyTrack_IsTheSame() => DomainGen.TrackConfig.Sample(track =>
    {
        var text = Make.Text(json => TrackJson.Write(json, track));
        var read = Read(text).Track!;
        Assert.Equal(text, Make.Text(json => TrackJson.Write(json, read)));
        Assert.Equal((track.Key, track.OptIn, track.Disclosure, track.CohortPercent), (read.Key, read.OptIn, read.Disclosure, read.CohortPercent));
        Assert.Equal(track.Objectives.AsEnumerable(), read.Objectives);
        Assert.Equal(track.Playbook.AsEnumerable(), read.Playbook);
        Assert.Equal(track.Limits, read.Limits);
    });

    [Fact]
    public void Defaults_All_AreReadable()
    {
        foreach (var track in DefaultTracks.All)
            Assert.Empty(Read(Make.Text(json => TrackJson.Write(json, track))).Errors);
    }

    [Theory]
    [InlineData("""{"key":"beta"}""", "track.key", "Unknown track; the tracks are stable, innovative and ai.")]
    [InlineData("{}", "track.key", "Missing: give a string.")]
    [InlineData("[]", "track", "Must be an object.")]
    [InlineData("""{"key":"ai"}""", "track.disclosure", "The ai track needs a disclosure: {\"version\":1,\"text\":\"what AI does\"}.")]
    [InlineData("""{"key":"ai","optIn":false,"disclosure":{"version":1,"text":"t"}}""", "track.optIn", "The ai track is opt-in only: set true.")]
    [InlineData("""{"key":"ai","cohortPercent":1,"disclosure":{"version":1,"text":"t"}}""", "track.cohortPercent", "Only the innovative track can have a cohort; ai is opt-in only, stable needs none.")]
    [InlineData("""{"key":"stable","cohortPercent":1}""", "track.cohortPercent", "Only the innovative track can have a cohort; ai is opt-in only, stable needs none.")]
    [InlineData("""{"key":"innovative","cohortPercent":100.5}""", "track.cohortPercent", "Must be from 0 to 100.")]
    [InlineData("""{"key":"innovative","cohortPercent":-1}""", "track.cohortPercent", "Must be from 0 to 100.")]
    [InlineData("""{"key":"stable","limits":[]}""", "track.limits", "Must be an object.")]
    [InlineData("""{"key":"stable","limits":{"soakVolume":1,"soakVolume":2}}""", "track.limits.soakVolume", "Given twice: keep one.")]
    [InlineData("""{"key":"stable","disclosure":"text"}""", "track.disclosure", "Must be an object.")]
    [InlineData("""{"key":"stable","disclosure":{"text":"t"}}""", "track.disclosure.version", "Must be a whole number from 1, raised whenever the text changes.")]
    [InlineData("""{"key":"stable","disclosure":{"version":0,"text":"t"}}""", "track.disclosure.version", "Must be a whole number from 1, raised whenever the text changes.")]
    [InlineData("""{"key":"stable","disclosure":{"version":3000000000,"text":"t"}}""", "track.disclosure.version", "Must be a whole number from 1, raised whenever the text changes.")]
    [InlineData("""{"key":"stable","disclosure":{"version":1}}""", "track.disclosure.text", "Missing: give a string.")]
    [InlineData("""{"key":"stable","disclosure":{"version":1,"text":"t","uri":"javascript:alert(1)"}}""", "track.disclosure.uri", "Must be an absolute http or https address.")]
    [InlineData("""{"key":"stable","disclosure":{"version":1,"text":"t","uri":"/ai"}}""", "track.disclosure.uri", "Must be an absolute http or https address.")]
    [InlineData("""{"key":"stable","playbook":["a",1]}""", "track.playbook[1]", "Must be a string.")]
    [InlineData("""{"key":"stable","colour":"red"}""", "track.colour", "Unknown member; known here: key, name, optIn, disclosure, objectives, playbook, limits, cohortPercent.")]
    public void Track_Bad_IsRefusedWithPathAndFix(string json, string path, string message) =>
        Assert.Equal(new InputError(path, message), Assert.Single(Read(json).Errors));

    [Theory]
    [InlineData("""{"id":"o","ceiling":"beta"}""", "organisation.ceiling")]
    [InlineData("""{"ceiling":"ai"}""", "organisation.id")]
    [InlineData("""{"id":"o"}""", "organisation.ceiling")]
    [InlineData("""{"id":"o","ceiling":"ai","x":1}""", "organisation.x")]
    [InlineData("1", "organisation")]
    public void Organisation_Bad_IsRefused(string json, string path)
    {
        var errors = new InputErrors();
        Assert.Null(TrackJson.ReadOrganisation(new JsonInput(Make.Json(json), "organisation", errors)));
        Assert.Equal(path, Assert.Single(errors.All).Path);
    }

    [Theory]
    [InlineData(1, "same", true)]
    [InlineData(2, "same", true)]
    [InlineData(2, "other", true)]
    [InlineData(1, "other", false)]
    [InlineData(0, "same", false)]
    public void Disclosure_MayReplace_NeverBackAndNeverSilently(int version, string text, bool expected)
    {
        var was = new Disclosure(1, "same", null);
        var now = new Disclosure(version, text, null);
        Assert.Equal(expected, now.MayReplace(was));
        Assert.True(now.Replacing(was).MayReplace(was));
        Assert.Equal(text, now.Replacing(was).Text);
        Assert.True(now.MayReplace(null));
        Assert.Same(now, now.Replacing(null));
    }
}
