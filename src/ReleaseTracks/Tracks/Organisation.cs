namespace ReleaseTracks.Tracks;

/// <summary>An organisation of the customer's product and the highest track its people may be on.</summary>
public sealed record Organisation(string Id, TrackKey Ceiling, long Revision = 0);
