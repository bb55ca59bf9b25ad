namespace ReleaseTracks.Server.Ofrep;

public static class OfrepEndpoints
{
    public static void AddOfrep(this IServiceCollection services)
    {
        services.AddSingleton<OfrepTracks>();
        services.AddSingleton<OfrepGate>();
        services.AddSingleton<OfrepEvaluation>();
    }

    /// <summary>
    /// The busiest path there is: it goes straight from routing to the evaluation, which lets in who may evaluate by
    /// itself. Principals, policies and the general metrics of a request cost more than the evaluation does.
    /// </summary>
    public static void MapOfrep(this WebApplication app)
    {
        var evaluation = app.Services.GetRequiredService<OfrepEvaluation>();
        var gate = app.Services.GetRequiredService<OfrepGate>();
        var flags = app.MapGroup("/ofrep/v1/evaluate/flags").WithTags("OFREP");
        flags.ShortCircuit();
        flags.MapPost("", gate.Guard("bulk", evaluation.AllAsync)).WithSummary("OFREP: every flag for one context, with an entity tag and a change stream.");
        flags.MapPost("/{**key}", gate.Guard("single", evaluation.OneAsync)).WithSummary("OFREP: one flag for one context.");
    }
}
