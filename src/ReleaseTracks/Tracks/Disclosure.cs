namespace ReleaseTracks.Tracks;

/// <summary>What a person is told before AI acts for them. A changed text is a new <see cref="Version"/>.</summary>
public sealed record Disclosure(int Version, string Text, string? Uri);
