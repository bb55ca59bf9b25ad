using System.Globalization;

namespace ReleaseTracks.Objectives;

/// <summary>Distinct remarks with their count, bounded: one broken exporter must not fill the memory with its story.</summary>
public sealed class DiagnosticLog
{
    private const int MostRemarks = 20;
    private readonly Dictionary<string, int> remarks = [];
    private int others;

    public void Add(string remark)
    {
        if (remarks.TryGetValue(remark, out var count)) remarks[remark] = count + 1;
        else if (remarks.Count < MostRemarks) remarks.Add(remark, 1);
        else others++;
    }

    public IReadOnlyList<string> ToList()
    {
        var list = remarks.Select(Describe).ToList();
        if (others > 0) list.Add(string.Create(CultureInfo.InvariantCulture, $"{others} more remarks"));
        return list;
    }

    private static string Describe(KeyValuePair<string, int> remark) =>
        remark.Value == 1 ? remark.Key : string.Create(CultureInfo.InvariantCulture, $"{remark.Key} ({remark.Value} times)");
}
