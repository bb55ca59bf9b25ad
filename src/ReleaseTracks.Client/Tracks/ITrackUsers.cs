using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tracks;

/// <summary>
/// What a user of the app does about tracks: join one, leave it, report what a feature did to them. Each call is one
/// request, and this app serves by its outcome when it returns, whether the stream is open or not; other instances hear
/// of it through the stream.
/// </summary>
public interface ITrackUsers
{
    /// <summary>What the user has to be shown before joining a track, by the newest snapshot; null if nothing, or without a snapshot.</summary>
    /// <param name="track">The track.</param>
    /// <returns>Text, link and the version that <see cref="JoinAiAsync"/> wants.</returns>
    Disclosure? DisclosureOf(TrackKey track);

    /// <summary>Puts the user on the AI track, with a receipt of what they agreed to.</summary>
    /// <param name="user">The id that the user is enrolled under.</param>
    /// <param name="disclosureVersion">Version of the disclosure that the user was shown and agreed to. Never that of one they did not see.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies from now on. Null leaves it as it is.</param>
    /// <param name="cancel">Ends the wait; it may be done all the same.</param>
    /// <exception cref="ReleaseTracksException"><c>disclosure-not-current</c>: show the present one; <c>above-ceiling</c>: the organisation does not allow it; <c>track-closed</c>: after a rollback, try later.</exception>
    /// <returns>When this app serves them AI features.</returns>
    Task JoinAiAsync(string user, int disclosureVersion, string? organisation = null, CancellationToken cancel = default);

    /// <summary>Puts the user on the Innovative track; from AI, that is a step back and never refused.</summary>
    /// <param name="user">The id that the user is enrolled under.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies from now on. Null leaves it as it is.</param>
    /// <param name="cancel">Ends the wait; it may be done all the same.</param>
    /// <exception cref="ReleaseTracksException">As for <see cref="JoinAiAsync"/>, without the disclosure.</exception>
    /// <returns>When this app serves them what is innovative.</returns>
    Task JoinInnovativeAsync(string user, string? organisation = null, CancellationToken cancel = default);

    /// <summary>Takes the user back to Stable. Never refused, and nobody has to be asked.</summary>
    /// <param name="user">The id that the user is enrolled under.</param>
    /// <param name="cancel">Ends the wait; it may be done all the same.</param>
    /// <exception cref="ReleaseTracksException">The server was not reached: tell the user that they have not left, and try again.</exception>
    /// <returns>When this app serves them Stable.</returns>
    Task LeaveAsync(string user, CancellationToken cancel = default);

    /// <summary>
    /// Reports a problem that a user had with a feature: one bad outcome of its harm objective, and a record for whoever
    /// is on call.
    /// </summary>
    /// <param name="feature">Key of the feature.</param>
    /// <param name="user">The id that the user is enrolled under.</param>
    /// <param name="category">What kind of problem, in the app's own words, such as <c>offensive</c>; at most 63 characters.</param>
    /// <param name="text">What the user says; at most 4,000 characters.</param>
    /// <param name="organisation">The user's organisation, as for evaluating.</param>
    /// <param name="cancel">Ends the wait; it may be reported all the same.</param>
    /// <exception cref="ReleaseTracksException"><c>invalid</c>: the feature is unknown, or a text is too long.</exception>
    /// <returns>Id of the report.</returns>
    Task<string> ReportAsync(string feature, string user, string category, string text = "", string? organisation = null, CancellationToken cancel = default);
}
