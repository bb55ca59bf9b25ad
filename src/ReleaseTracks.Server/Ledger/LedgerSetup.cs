using ReleaseTracks.Server.Ledger.Reading;

namespace ReleaseTracks.Server.Ledger;

public static class LedgerSetup
{
    public static void AddLedger(this IServiceCollection services, string dataPath)
    {
        services.AddSingleton(_ => LedgerSigner.LoadOrCreate(dataPath));
        services.AddSingleton(provider => new CheckpointFile(dataPath, provider.GetRequiredService<LedgerSigner>().VerifierKey));
        services.AddSingleton<LedgerMirror>();
        services.AddSingleton<LedgerService>();
        services.AddSingleton<LedgerReader>();
        // First of the hosted services: the others need a snapshot.
        services.AddHostedService<LedgerStartup>();
    }
}
