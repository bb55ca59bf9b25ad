using System.Globalization;

namespace ReleaseTracks.Demo.Story;

/// <summary>Prints what happens, one line each, with the time since the start and since the fault.</summary>
internal sealed class Storyteller(TextWriter output, DateTimeOffset start)
{
    private readonly Lock gate = new();
    private DateTimeOffset? fault;

    public void Fault(DateTimeOffset at, string text)
    {
        fault = at;
        Tell(at, text);
    }

    public void Tell(DateTimeOffset at, string text)
    {
        var sinceFault = fault is { } began ? Seconds("+0.0;-0.0", at - began) : "";
        Write(string.Create(CultureInfo.InvariantCulture, $"{Seconds("0.0", at - start),9} {sinceFault,9}   {text}"));
    }

    /// <summary>A line outside of the order of time.</summary>
    public void Write(string text)
    {
        lock (gate)
            output.WriteLine(text);
    }

    private static string Seconds(string format, TimeSpan span) => span.TotalSeconds.ToString(format, CultureInfo.InvariantCulture) + " s";
}
