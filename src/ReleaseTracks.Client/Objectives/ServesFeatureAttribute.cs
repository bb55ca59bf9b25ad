namespace ReleaseTracks.Client.Objectives;

/// <summary>
/// Marks an endpoint, controller or action that serves a feature: its outcomes are counted by <c>UseReleaseTracks()</c>
/// for the user of each request. Do not count the same feature in the handler again with <see cref="IOutcomes"/>.
/// </summary>
/// <param name="feature">Key of the feature.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class ServesFeatureAttribute(string feature) : Attribute
{
    /// <summary>Key of the feature.</summary>
    public string Feature { get; } = feature;
}
