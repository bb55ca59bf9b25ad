using Microsoft.AspNetCore.Http;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Client.Evaluation;

/// <summary>
/// What a user gets of a feature, straight from the snapshot: the fast path beside <c>IVariantFeatureManager</c>, with the
/// same answers. A result is null where the feature is unknown or the app has no snapshot yet, and its variant is null
/// where the feature is killed: serve what the code has without the feature. Nothing here throws for want of a server.
/// </summary>
public interface ITrackEvaluator
{
    /// <summary>
    /// Evaluates with what is known now, without waiting and without allocating. A user that is not known yet is on
    /// Stable this time, and known shortly after.
    /// </summary>
    /// <param name="feature">Key of the feature, such as <c>smart-replies</c>. Case matters.</param>
    /// <param name="user">The id that the user is enrolled under; null or empty for nobody.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies; null for none.</param>
    /// <returns>The variant (name and JSON value), track, reason and cause; null if there is no such feature.</returns>
    Result? Evaluate(string feature, string? user, string? organisation = null);

    /// <summary>As <see cref="Evaluate"/>, but waits for the track of a user that is not known yet, at most <see cref="ReleaseTracksOptions.LookupWait"/>.</summary>
    /// <param name="feature">Key of the feature. Case matters.</param>
    /// <param name="user">The id that the user is enrolled under; null or empty for nobody.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies; null for none.</param>
    /// <returns>As <see cref="Evaluate"/>.</returns>
    ValueTask<Result?> EvaluateAsync(string feature, string? user, string? organisation);

    /// <summary>
    /// Evaluates for the user of a request. If an AI variant comes out, the response says so in its header
    /// <c>AI-Disclosure</c>, unless it has started already.
    /// </summary>
    /// <param name="feature">Key of the feature. Case matters.</param>
    /// <param name="http">The request.</param>
    /// <returns>As <see cref="Evaluate"/>.</returns>
    ValueTask<Result?> EvaluateAsync(string feature, HttpContext http);

    /// <summary>
    /// Every feature at once, for instance for a page that hands its browser all that it needs. As <see cref="Evaluate"/> of each, in a
    /// fraction of the time where many are split.
    /// </summary>
    /// <param name="user">The id that the user is enrolled under; null or empty for nobody.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies; null for none.</param>
    /// <returns>One for each feature that is not archived, ordered by key, all of the same snapshot; none if the app has no snapshot yet.</returns>
    IReadOnlyList<Result> EvaluateAll(string? user, string? organisation = null);

    /// <summary>As <see cref="EvaluateAll"/>, but waits for the track of a user that is not known yet, at most <see cref="ReleaseTracksOptions.LookupWait"/>.</summary>
    /// <param name="user">The id that the user is enrolled under; null or empty for nobody.</param>
    /// <param name="organisation">The user's organisation, whose ceiling applies; null for none.</param>
    /// <returns>As <see cref="EvaluateAll"/>.</returns>
    ValueTask<IReadOnlyList<Result>> EvaluateAllAsync(string? user, string? organisation);

    /// <summary>
    /// Every feature for the user of a request. The response's header <c>AI-Disclosure</c> names each AI variant among them, unless
    /// it has started already.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <returns>As <see cref="EvaluateAll"/>.</returns>
    ValueTask<IReadOnlyList<Result>> EvaluateAllAsync(HttpContext http);
}
