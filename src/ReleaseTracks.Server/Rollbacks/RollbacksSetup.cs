namespace ReleaseTracks.Server.Rollbacks;

public static class RollbacksSetup
{
    public static void AddRollbacks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ControlOptions>().Bind(configuration.GetSection(ControlOptions.Section))
            .Validate(options => options.IsValid, ControlOptions.Rule).ValidateOnStart();
        services.AddSingleton<RollbackService>();
        services.AddSingleton<RollbackVerifier>();
        services.AddSingleton<ControlMemory>();
        services.AddSingleton<ControlMetrics>();
        services.AddSingleton<ControlLeader>();
        services.AddSingleton<BudgetExposition>();
        services.AddSingleton<ControlTick>();
        services.AddHostedService<ControlLoop>();
    }
}
