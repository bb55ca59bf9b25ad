namespace ReleaseTracks.Tracks;

/// <summary>What a person is told before AI acts for them. A changed text is a new <see cref="Version"/>.</summary>
public sealed record Disclosure(int Version, string Text, string? Uri)
{
    /// <summary>Versions never go back, and another text is never shown under a version somebody has consented to.</summary>
    public bool MayReplace(Disclosure? was) => was is null || Version > was.Version || (Version == was.Version && Text == was.Text);

    /// <summary>The same text, under the lowest version that may replace <paramref name="was"/>.</summary>
    public Disclosure Replacing(Disclosure? was) => was is null || MayReplace(was) ? this : this with { Version = was.Version + (Text == was.Text ? 0 : 1) };
}
