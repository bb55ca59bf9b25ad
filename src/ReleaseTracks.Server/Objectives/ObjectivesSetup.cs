using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Objectives;

public static class ObjectivesSetup
{
    /// <summary>One source of outcomes: Prometheus when its address is configured, otherwise what was reported here.</summary>
    public static void AddObjectives(this IServiceCollection services, IConfiguration configuration)
    {
        var prometheus = PrometheusOptions.From(configuration);
        services.AddSingleton(prometheus);
        services.AddSingleton<OutcomeRecorder>();
        services.AddSingleton<BudgetBoard>();
        services.AddSingleton<RecentFeedback>();
        services.AddSingleton<FeedbackService>();
        services.AddSingleton<BudgetTrends>();
        services.TryAddSingleton<IOutcomeSource>(provider => prometheus.Url is null
            ? new BuiltInOutcomeSource(provider.GetRequiredService<OutcomeStore>(), provider.GetRequiredService<TimeProvider>())
            : new PrometheusOutcomeSource(
                PrometheusServices.CreateHttpClient(),
                prometheus,
                provider.GetRequiredService<TimeProvider>(),
                () => CustomSources.Of(provider.GetRequiredService<SnapshotHolder>().Current)));
        services.AddSingleton(provider =>
        {
            var control = provider.GetRequiredService<IOptions<ControlOptions>>().Value;
            return new StaleLimit(prometheus.Url is null
                ? control.StaleAfterSpan
                : MeasurementClassifier.StaleAfter(prometheus.ScrapeInterval, control.IntervalSpan));
        });
    }
}
