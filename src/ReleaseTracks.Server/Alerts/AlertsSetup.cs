using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Alerts.Delivery;

namespace ReleaseTracks.Server.Alerts;

public static class AlertsSetup
{
    /// <summary>After the control loop, so that delivery has ended when the lease is given back.</summary>
    public static void AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertOptions>().Bind(configuration.GetSection(AlertOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.TryAddSingleton(new AlertNames((name, cancel) => Dns.GetHostAddressesAsync(name, cancel)));
        services.AddSingleton<AlertRecorder>();
        services.AddSingleton<AlertMetrics>();
        services.AddSingleton<AlertHttp>();
        services.AddSingleton<AlertSender>();
        services.AddSingleton<DeliveryStates>();
        services.AddHostedService<AlertDelivery>();
    }
}
