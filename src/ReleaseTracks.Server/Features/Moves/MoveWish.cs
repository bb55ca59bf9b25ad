using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features.Moves;

/// <summary>Where somebody would like to have a feature; a null target takes it back from every track.</summary>
public sealed record MoveWish(Feature Feature, TrackKey? Target);
