using System.Buffers;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>All flags for one context. A flag that cannot be written becomes an error in its place; the others stand.</summary>
public static partial class OfrepBulk
{
    /// <summary>Writes <c>{"flags":[…]</c>, still open, so that what the entity tag covers ends here.</summary>
    public static void WriteFlags(IBufferWriter<byte> output, Snapshot state, TrackKey track, string? targetingKey, ILogger logger)
    {
        output.Write("{\"flags\":["u8);
        var results = ArrayPool<Result>.Shared.Rent(state.Served.Length);
        try
        {
            Evaluator.EvaluateAll(state, track, targetingKey, results);
            for (var i = 0; i < state.Served.Length; i++)
            {
                if (i > 0)
                    output.Write(","u8);
                WriteFlag(output, results[i], state.Revision, logger);
            }
        }
        finally
        {
            ArrayPool<Result>.Shared.Return(results, clearArray: true);
        }

        output.Write("]"u8);
    }

    private static void WriteFlag(IBufferWriter<byte> output, Result result, long revision, ILogger logger)
    {
        try
        {
            OfrepFlag.Write(output, result, revision);
        }
        catch (Exception failed)
        {
            // Nothing was written yet: the flag goes out in one piece.
            Log.FlagFailed(logger, result.Feature.Key, failed);
            OfrepFlag.WriteFault(output, result.Feature.Key, new(OfrepFault.General, "This flag cannot be evaluated; the server's log says why."));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Feature {Feature} cannot be evaluated")]
        public static partial void FlagFailed(ILogger logger, string feature, Exception cause);
    }
}
