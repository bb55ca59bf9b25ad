using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ReleaseTracks.Server.Store;

/// <summary>A Garnet that is listening, on a port of this machine and with a password that nobody else knows.</summary>
internal sealed class OpenedGarnet : IDisposable
{
    private const int StartAttempts = 3;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);
    private readonly string directory;
    private readonly ILoggerFactory loggers;
    private BudgetedGarnet? server;

    /// <param name="directory">Of the store.</param>
    /// <param name="loggers">What Garnet logs goes here.</param>
    public OpenedGarnet(string directory, ILoggerFactory loggers)
    {
        this.directory = directory;
        this.loggers = loggers;
        for (var attempt = 1; server is null; attempt++)
        {
            Port = FreePort();
            try
            {
                Open();
            }
            catch (Exception taken) when (attempt < StartAttempts && (taken.InnerException ?? taken) is SocketException)
            {
                // Somebody took the port between the probe and the bind.
            }
        }
    }

    public int Port { get; }

    public string Password { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <inheritdoc cref="BudgetedGarnet.LogBytes"/>
    public long LogBytes => server?.LogBytes ?? 0;

    /// <inheritdoc cref="BudgetedGarnet.HasRemains"/>
    public bool HasRemains => server?.HasRemains is true;

    /// <summary>After <see cref="Stop"/>: again on the same port, with what is on disk.</summary>
    public void Open()
    {
        var created = new BudgetedGarnet(GarnetSettings.For(directory, Port, Password), new GarnetLoggerFactory(loggers));
        try
        {
            created.Start();
            server = created;
        }
        catch
        {
            created.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="BudgetedGarnet.Checkpoint"/>
    public void Checkpoint() => server?.Checkpoint();

    /// <summary>All that is in it, in pages; nothing may be written meanwhile. Blocks.</summary>
    /// <param name="take">Gets each page; what it throws ends the reading and is thrown again.</param>
    public void Read(Action<IReadOnlyList<StoredKey>> take) => server!.Read(take);

    /// <summary>May take for ever when it has stopped answering.</summary>
    public void Stop()
    {
        var opened = server;
        server = null;
        opened?.Dispose();
    }

    /// <summary>All that was acknowledged is on disk, so a Garnet that does not end in time is left to the end of the process.</summary>
    /// <returns>False if it was.</returns>
    public bool TryStop(bool checkpoint) => Task.Run(() =>
    {
        if (checkpoint)
            Checkpoint();
        Stop();
    }).Wait(LongestStop);

    public void Dispose() => TryStop(checkpoint: false);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
