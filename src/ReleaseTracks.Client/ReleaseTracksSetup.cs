using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Streams;
using ReleaseTracks.Client.Tracks;

namespace ReleaseTracks.Client;

/// <summary>Adds release tracks to an app.</summary>
public static class ReleaseTracksSetup
{
    /// <summary>
    /// Connects the app to a ReleaseTracks server. Call it after <c>AddFeatureManagement()</c> and <c>WithTargeting()</c>:
    /// flags of the app's configuration and its targeting context stay, and are added to. The app starts whether the
    /// server answers or not.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets at least <see cref="ReleaseTracksOptions.Endpoint"/> and <see cref="ReleaseTracksOptions.Key"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At the app's start: the options are not valid; the message names each property.</exception>
    /// <exception cref="InvalidOperationException">At the app's start: <c>AddFeatureManagement(configuration)</c> came after this call.</exception>
    public static IServiceCollection AddReleaseTracks(this IServiceCollection services, Action<ReleaseTracksOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ReleaseTracksOptions>().Configure(configure).ValidateOnStart();
        // A second call configures the same client further.
        if (services.Any(service => service.ServiceType == typeof(ServerHttp)))
            return services;
        services.AddSingleton<IValidateOptions<ReleaseTracksOptions>, ReleaseTracksOptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddMetrics();
        AddReading(services);
        AddOutcomes(services);
        AddFeatureManagement(services);
        services.AddSingleton<StatusReport>();
        services.AddSingleton<IReleaseTracksStatus>(provider => provider.GetRequiredService<StatusReport>());
        services.AddHealthChecks().Add(new(
            "releasetracks", provider => provider.GetRequiredService<StatusReport>(), HealthStatus.Degraded, ["releasetracks"]));
        return services;
    }

    /// <summary>
    /// Counts the outcomes of endpoints that are marked with <see cref="ServesFeatureAttribute"/> or
    /// <see cref="WithFeature"/>. Place it after authentication, and before what answers exceptions with a status code.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    public static IApplicationBuilder UseReleaseTracks(this IApplicationBuilder app) => app.UseMiddleware<OutcomeMiddleware>();

    /// <summary>Marks an endpoint as one that serves a feature; see <see cref="ServesFeatureAttribute"/>.</summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="feature">Key of the feature.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder WithFeature<TBuilder>(this TBuilder builder, string feature)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new ServesFeatureAttribute(feature)));
        return builder;
    }

    private static void AddReading(IServiceCollection services)
    {
        services.AddSingleton<ServerHttp>();
        services.AddSingleton<SnapshotState>();
        services.AddSingleton<SnapshotFile>();
        services.AddSingleton<SnapshotFetcher>();
        services.AddSingleton<EnrollmentCache>();
        services.AddSingleton<UserTracks>();
        services.AddSingleton<ITrackEvaluator, TrackEvaluator>();
        services.AddSingleton<EnrollmentLoader>();
        services.AddSingleton<ITrackUsers, TrackUsers>();
        services.AddSingleton<ServerConnection>();
        services.AddHostedService<StartCheck>();
        services.AddHostedService(provider => provider.GetRequiredService<EnrollmentLoader>());
        services.AddHostedService(provider => provider.GetRequiredService<ServerConnection>());
    }

    private static void AddOutcomes(IServiceCollection services)
    {
        services.AddSingleton<ClientMetrics>();
        services.AddSingleton<OutcomeCounts>();
        services.AddSingleton<OutcomeInstruments>();
        services.AddSingleton<Outcomes>();
        services.AddSingleton<IOutcomes>(provider => provider.GetRequiredService<Outcomes>());
        services.AddHostedService<OutcomeReporter>();
    }

    /// <summary>Puts itself around what is there, with its lifetime: Blazor Server apps have scoped ones.</summary>
    private static void AddFeatureManagement(IServiceCollection services)
    {
        var definitions = Take(services, typeof(IFeatureDefinitionProvider));
        services.AddSingleton<IFeatureDefinitionProvider>(provider => new TrackDefinitionProvider(
            () => provider.GetRequiredService<SnapshotState>().Current,
            definitions is not null ? (IFeatureDefinitionProvider)Create(provider, definitions)
                : provider.GetService<IConfiguration>() is { } configuration ? new ConfigurationFeatureDefinitionProvider(configuration) : null));
        var inner = Take(services, typeof(ITargetingContextAccessor));
        var lifetime = inner?.Lifetime ?? ServiceLifetime.Singleton;
        services.Add(new(
            typeof(ITargetingContextAccessor),
            provider => new TrackTargeting(
                inner is null ? null : (ITargetingContextAccessor)Create(provider, inner),
                provider.GetRequiredService<IHttpContextAccessor>(),
                provider.GetRequiredService<SnapshotState>(),
                provider.GetRequiredService<UserTracks>(),
                provider.GetRequiredService<IOptions<ReleaseTracksOptions>>()),
            lifetime));
        if (!services.Any(service => service.ServiceType == typeof(IFeatureFilterMetadata) && service.ImplementationType == typeof(TargetingFilter)))
            services.Add(new(typeof(IFeatureFilterMetadata), typeof(TargetingFilter), lifetime));
    }

    private static ServiceDescriptor? Take(IServiceCollection services, Type type)
    {
        var last = services.LastOrDefault(service => service.ServiceType == type);
        services.RemoveAll(type);
        return last;
    }

    private static object Create(IServiceProvider provider, ServiceDescriptor service) =>
        service.ImplementationInstance ?? service.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!);

    /// <summary>Said at the first start of whoever wires it up wrongly, instead of serving the wrong flags.</summary>
    private sealed class StartCheck(IFeatureDefinitionProvider definitions, OutcomeInstruments instruments) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // Asked for so that the instruments are there before anything is counted.
            ArgumentNullException.ThrowIfNull(instruments);
            return definitions is TrackDefinitionProvider ? Task.CompletedTask : throw new InvalidOperationException(
                "Call AddReleaseTracks after AddFeatureManagement(configuration): that call replaced the features of the server.");
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
