using Microsoft.Extensions.Options;

namespace ReleaseTracks.Server.Store;

public static class StoreRegistration
{
    /// <summary>
    /// Registers the store. Before the first use await <see cref="StoreConnection.StartAsync"/>, then
    /// <see cref="StoreSignals.StartAsync"/>.
    /// </summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StoreOptions>().Bind(configuration.GetSection(StoreOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
        services.AddSingleton<StoreConnection>();
        services.AddSingleton<StoreSignals>();
        services.AddSingleton<LedgerStore>();
        services.AddSingleton<EnrollmentStore>();
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<SliStore>();
        services.AddSingleton<GuardStore>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<FeedbackStore>();
        services.AddSingleton<AlertStore>();
        return services;
    }
}
