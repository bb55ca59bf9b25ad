namespace ReleaseTracks.Demo.Hosting;

/// <summary>
/// Three hosts share this process and its signals. If each listened to Ctrl+C for itself, the server would go first
/// and the sample app would end in errors; so none does, and the demo stops them in order.
/// </summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
