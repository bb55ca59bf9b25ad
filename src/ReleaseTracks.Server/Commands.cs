using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Rollbacks;

namespace ReleaseTracks.Server;

/// <summary>What the program does besides serving. The first words choose; without one of them it serves.</summary>
public static class Commands
{
    public static Func<Task<int>>? Find(string[] args) => args switch
    {
        ["ledger", "verify", .. var rest] => () => LedgerVerifyCommand.RunAsync(rest, Console.Out, Console.Error),
        ["backtest", .. var rest] => () => Task.FromResult(BacktestCommand.Run(rest, Console.Out, Console.Error)),
        ["ledger", ..] or ["help", ..] or ["--help", ..] or ["-h", ..] => Help,
        _ => null,
    };

    private static async Task<int> Help()
    {
        await Console.Error.WriteLineAsync("""
            Usage:
              (nothing)  [--urls URLS] [--data-path PATH]                   serve
              ledger verify [--data-path PATH | --redis CONNECTION]        check every hash, the root and the signatures
              backtest --objective 0.99 [--margin 1] [--alpha 0.01] [--interval 15s] FILE.csv
                                                                           replay counts through the guard
            Settings are read from the environment too, such as ReleaseTracks__Store__Redis; the README lists them.
            """);
        return 2;
    }
}
