namespace ReleaseTracks.Server.Streams;

public static class StreamEndpoints
{
    public static void AddStreams(this IServiceCollection services) => services.AddSingleton<StreamTickets>();
}
