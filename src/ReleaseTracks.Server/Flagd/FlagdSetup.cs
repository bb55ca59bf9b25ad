using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ReleaseTracks.Server.Flagd;

public static class FlagdSetup
{
    /// <summary>Call after the other addresses are known: this one is added to them.</summary>
    public static void AddFlagd(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(FlagdOptions.Section);
        builder.Services.AddOptions<FlagdOptions>().Bind(section)
            .Validate(options => options.IsValid, FlagdOptions.Rule).ValidateOnStart();
        builder.Services.AddSingleton<FlagdSet>();
        builder.Services.AddGrpc();
        if (section.Get<FlagdOptions>() is not { IsValid: true, Binding: { } binding } options)
            return;
        builder.WebHost.UseUrls([.. (builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries), options.Url]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.IPEndPoint?.Port == binding.Port)
                endpoint.Protocols = HttpProtocols.Http2;
        }));
    }

    /// <summary>Anonymous for the policies: the service asks for the key itself, wherever the provider can put it.</summary>
    public static void MapFlagd(this IEndpointRouteBuilder routes) => routes.MapGrpcService<FlagdSync>().AllowAnonymous();
}
