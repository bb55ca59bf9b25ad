namespace ReleaseTracks.Client.Objectives;

/// <summary>
/// Where outcomes go. One of them, never two: a Prometheus that scrapes both the app and a server the app reports to
/// would count every event twice.
/// </summary>
public enum OutcomeDelivery
{
    /// <summary>Posted to the server in batches, for its built-in store.</summary>
    Report,

    /// <summary>
    /// The counter <c>releasetracks.outcomes</c> of the meter <c>ReleaseTracks</c>: OpenTelemetry's exporters publish it
    /// as <c>releasetracks_outcomes_total</c>.
    /// </summary>
    OpenTelemetry,

    /// <summary>
    /// The counter <c>outcomes_total</c> of the meter <c>ReleaseTracks</c>: prometheus-net's adapter publishes it as
    /// <c>releasetracks_outcomes_total</c>, because it puts the meter's name in front.
    /// </summary>
    PrometheusNet,

    /// <summary>Nowhere.</summary>
    None,
}
