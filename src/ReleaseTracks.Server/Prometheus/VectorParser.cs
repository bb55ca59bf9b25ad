using System.Globalization;
using System.Text.Json;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Reads the answer of <c>/api/v1/query</c> token by token, as it arrives; no document is built. What must hold for
/// it to count: <c>status: "success"</c>, <c>resultType: "vector"</c>, every value a string that is a number.
/// </summary>
internal sealed class VectorParser(Action<VectorRow> onRow)
{
    private readonly VectorRow row = new();
    private readonly TextPool pool = new();

    // The property under way at each depth of the document; deeper ones are of no concern.
    private readonly string[] path = ["", "", "", "", "", "", ""];
    private int itemOfValue;
    private bool hasValue;

    public string? Status { get; private set; }

    public string? ResultType { get; private set; }

    public string? Error { get; private set; }

    public List<string> Warnings { get; } = [];

    /// <summary>Why the document is not an instant vector, null so far.</summary>
    public string? Malformed { get; private set; }

    private bool InRow => path[1] == "data" && path[2] == "result";

    public void Read(ref Utf8JsonReader reader)
    {
        while (Malformed is null && reader.Read()) Token(ref reader);
    }

    private void Token(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        if (depth >= path.Length) return;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                path[depth] = pool.Get(ref reader);
                break;
            case JsonTokenType.StartObject when depth == 3 && InRow:
                row.Clear();
                hasValue = false;
                break;
            case JsonTokenType.StartArray when depth == 4 && InRow && path[4] == "value":
                itemOfValue = 0;
                break;
            case JsonTokenType.EndObject when depth == 3 && InRow:
                if (hasValue) onRow(row);
                else Malformed = "a sample has no value";
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.StartObject or JsonTokenType.StartArray:
                break;
            default:
                Value(ref reader, depth);
                break;
        }
    }

    private void Value(ref Utf8JsonReader reader, int depth)
    {
        if (depth == 5 && InRow && path[4] == "value")
        {
            if (itemOfValue++ == 1) Sample(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.String) return;
        if (depth == 5 && InRow && path[4] == "metric") row.Set(path[5], pool.Get(ref reader));
        else if (depth == 1 && path[1] == "status") Status = pool.Get(ref reader);
        else if (depth == 1 && path[1] == "error") Error = reader.GetString();
        else if (depth == 2 && path[1] == "warnings") Warnings.Add(reader.GetString()!);
        else if (depth == 2 && path[1] == "data" && path[2] == "resultType") ResultType = pool.Get(ref reader);
    }

    private void Sample(ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[64];
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > text.Length)
        {
            Malformed = "a value is not a number in a string";
            return;
        }

        text = text[..reader.CopyString(text)];
        hasValue = true;
        switch (text)
        {
            case "NaN": row.Value = double.NaN; return;
            case "+Inf": row.Value = double.PositiveInfinity; return;
            case "-Inf": row.Value = double.NegativeInfinity; return;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) row.Value = value;
        else Malformed = "a value is not a number in a string";
    }
}
