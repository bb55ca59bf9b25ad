using Microsoft.AspNetCore.Http;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Client.Objectives;

/// <summary>Counts what came of requests to endpoints that serve a feature. A server error is a bad outcome; a caller that went away is none.</summary>
internal sealed class OutcomeMiddleware(RequestDelegate next, ITrackEvaluator evaluator, Outcomes outcomes, TimeProvider time)
{
    public Task InvokeAsync(HttpContext http)
    {
        var marks = http.GetEndpoint()?.Metadata.GetOrderedMetadata<ServesFeatureAttribute>();
        return marks is { Count: > 0 } ? CountAsync(http, marks) : next(http);
    }

    private async Task CountAsync(HttpContext http, IReadOnlyList<ServesFeatureAttribute> marks)
    {
        var served = new List<Result>(marks.Count);
        foreach (var feature in marks.Select(mark => mark.Feature).Distinct(StringComparer.Ordinal))
        {
            if (await evaluator.EvaluateAsync(feature, http) is { } result)
                served.Add(result);
        }

        var started = time.GetTimestamp();
        try
        {
            await next(http);
        }
        catch when (!http.RequestAborted.IsCancellationRequested)
        {
            served.ForEach(result => outcomes.Record(result, Indicator.Availability, good: false));
            throw;
        }

        if (http.RequestAborted.IsCancellationRequested)
            return;
        if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            served.ForEach(result => outcomes.Record(result, Indicator.Availability, good: false));
        else
            served.ForEach(result => outcomes.Returned(result, time.GetElapsedTime(started)));
    }
}
