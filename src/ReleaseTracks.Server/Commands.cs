using ReleaseTracks.Server.Backup;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Objectives.OpenSlo;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server;

/// <summary>What the program does besides serving. The first words choose; without one of them it serves.</summary>
public static class Commands
{
    public static Func<Task<int>>? Find(string[] args) => args switch
    {
        ["ledger", "verify", .. var rest] => () => LedgerVerifyCommand.RunAsync(rest, Console.Out, Console.Error),
        ["ledger", "export", .. var rest] => () => LedgerExportCommand.RunAsync(rest, Console.Out, Console.Error),
        ["ledger", "import", .. var rest] => () => LedgerImportCommand.RunAsync(rest, Console.Out, Console.Error),
        ["backtest", .. var rest] => () => Task.FromResult(BacktestCommand.Run(rest, Console.Out, Console.Error)),
        ["health", .. var rest] => () => HealthCommand.RunAsync(rest, ServerApp.ConfiguredUrls(), Console.Out, Console.Error),
        ["openslo", "export", .. var rest] => () => OpenSloCommands.ExportAsync(rest, ServerApp.ConfiguredUrls(), ServerApp.ConfiguredToken(), Console.Out, Console.Error),
        ["openslo", "import", .. var rest] => () => OpenSloCommands.ImportAsync(rest, ServerApp.ConfiguredUrls(), ServerApp.ConfiguredToken(), Console.Out, Console.Error),
        ["ledger", ..] or ["openslo", ..] or ["help", ..] or ["--help", ..] or ["-h", ..] => Help,
        _ => null,
    };

    private static async Task<int> Help()
    {
        await Console.Error.WriteLineAsync($"""
            Usage:
              (nothing)  [--urls URLS] [--data-path PATH]                   serve
              ledger verify {StoreArguments.Usage}        check every hash, the root and the signatures
              ledger export {StoreArguments.Usage} --to DIRECTORY
                                                                           a verified backup: ledger, enrollments, budgets
              ledger import {StoreArguments.Usage} --from DIRECTORY [--unsigned accept]
                                                                           that backup into a store without a ledger
              openslo export [--to FILE] [--url URL]                        the objectives of a running server as OpenSLO v1
              openslo import --from FILE [--title TEXT] [--reason TEXT] [--url URL]
                                                                           propose the objectives of such a file as a plan
              backtest --objective 0.99 [--margin 1] [--alpha 0.01] [--interval 15s] FILE.csv
                                                                           replay counts through the guard
              health [--url URL]                                            ask the server on this machine whether it is ready
            Settings are read from the environment too, such as ReleaseTracks__Store__Redis; the README lists them.
            """);
        return 2;
    }
}
