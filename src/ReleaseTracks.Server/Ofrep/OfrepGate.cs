using System.Diagnostics;
using System.Globalization;
using Prometheus;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>Lets in who may evaluate, with the tokens of every other endpoint, and measures how long the answer took.</summary>
public sealed class OfrepGate(TokenCallers callers, IMetricFactory metrics)
{
    private static readonly string[] Labels = ["kind", "code"];
    private readonly Histogram durations = metrics.CreateHistogram(
        "releasetracks_evaluation_duration_seconds",
        "Time to answer an OFREP request, from its headers to its answer.",
        new HistogramConfiguration { LabelNames = Labels, Buckets = Histogram.ExponentialBuckets(0.0001, 4, 8) });

    public RequestDelegate Guard(string kind, RequestDelegate evaluate)
    {
        var served = durations.WithLabels(kind, "200");
        return async http =>
        {
            var started = Stopwatch.GetTimestamp();
            if (callers.Find(TokenCallers.TokenOf(http.Request)) is not { } caller)
                await TokenAuthentication.RefuseUnknownAsync(http);
            else if (!caller.MayEvaluate)
                await TokenAuthentication.RefuseForbiddenAsync(http);
            else
                await evaluate(http);
            var code = http.Response.StatusCode;
            var duration = code == StatusCodes.Status200OK ? served : durations.WithLabels(kind, code.ToString(CultureInfo.InvariantCulture));
            duration.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
        };
    }
}
