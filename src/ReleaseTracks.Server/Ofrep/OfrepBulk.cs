using System.Buffers;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
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
        var first = true;
        foreach (var feature in state.Served)
        {
            if (!first)
                output.Write(","u8);
            first = false;
            WriteFlag(output, feature, state.Revision, track, targetingKey, logger);
        }

        output.Write("]"u8);
    }

    private static void WriteFlag(IBufferWriter<byte> output, FeatureModel feature, long revision, TrackKey track, string? targetingKey, ILogger logger)
    {
        try
        {
            OfrepFlag.Write(output, Evaluator.Evaluate(feature, track, targetingKey), revision);
        }
        catch (Exception failed)
        {
            // Nothing was written yet: the flag goes out in one piece.
            Log.FlagFailed(logger, feature.Config.Key, failed);
            OfrepFlag.WriteFault(output, feature.Config.Key, new(OfrepFault.General, "This flag cannot be evaluated; the server's log says why."));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Feature {Feature} cannot be evaluated")]
        public static partial void FlagFailed(ILogger logger, string feature, Exception cause);
    }
}
