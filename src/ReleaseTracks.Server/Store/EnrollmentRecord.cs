using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// The track a user is on by a choice that was made. A user without a record made none. <see cref="Version"/>
/// rises by one with every change and starts at 1.
/// </summary>
public sealed record EnrollmentRecord(
    TrackKey Track, string Source, DateTimeOffset Since, string? Organisation, int? DisclosureVersion, long Version);

public enum EnrollmentOutcome
{
    Changed,

    /// <summary>The user already was where the change leads; nothing was written, and no receipt.</summary>
    Unchanged,

    /// <summary>The record has another version than expected; nothing was written.</summary>
    Conflict,
}

/// <summary>What became of a change, and the version the record has now (0: no record).</summary>
public readonly record struct EnrollmentChange(EnrollmentOutcome Outcome, long Version);
