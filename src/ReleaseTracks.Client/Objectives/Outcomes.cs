using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Client.Objectives;

internal sealed class Outcomes(
    OutcomeCounts counts,
    OutcomeInstruments instruments,
    ITrackEvaluator evaluator,
    IHttpContextAccessor requests,
    IOptions<ReleaseTracksOptions> options,
    TimeProvider time) : IOutcomes
{
    public async Task<T> TrackAsync<T>(string feature, Func<Task<T>> call)
    {
        var http = requests.HttpContext;
        var served = http is null ? evaluator.Evaluate(feature, null) : await evaluator.EvaluateAsync(feature, http);
        return await TrackAsync(served, call, http?.RequestAborted ?? default);
    }

    public async Task<T> TrackAsync<T>(Result? served, Func<Task<T>> call, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        try
        {
            var answer = await call();
            Returned(served, time.GetElapsedTime(started));
            return answer;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch
        {
            Record(served, Indicator.Availability, good: false);
            throw;
        }
    }

    /// <summary>A good answer, and whether it was in time.</summary>
    public void Returned(Result? served, TimeSpan took)
    {
        Record(served, Indicator.Availability, good: true);
        if (served is not null)
            Record(served, Indicator.Latency, took <= options.Value.InTimeFor.GetValueOrDefault(served.Feature.Key, options.Value.InTime));
    }

    public void Record(Result? served, Indicator indicator, bool good)
    {
        if (served is null || options.Value.Outcomes == OutcomeDelivery.None)
            return;
        // A killed feature serves no variant: that is its plain path.
        var key = new OutcomeSeriesKey(served.Feature.Key, served.Track, served.Variant?.Name ?? served.Feature.Fallback, indicator);
        if (!counts.Add(key, good))
            instruments.Lose(OutcomeLoss.Series, 1);
    }
}
