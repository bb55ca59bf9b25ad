namespace ReleaseTracks.Demo.Traffic;

/// <summary>The sixty readers of the demo. Who made no choice is on Stable.</summary>
internal static class Readers
{
    public static IReadOnlyList<string> Ai { get; } = Names(
        "ada alan amal anna aron bea bela carl cem dora edda emil esra finn gita hana hugo ines ivan jana jona kai kim lea");

    public static IReadOnlyList<string> Innovative { get; } = Names("leo lina lotte luis mara mats mia milo nele nico nora odin olga omar paul pia");

    public static IReadOnlyList<string> Stable { get; } = Names("quin rafa rosa ruth sami sara sven tara theo tim uma ute vera vito wim xena yara yuri zara zoe");

    public static IEnumerable<string> All => [.. Ai, .. Innovative, .. Stable];

    private static string[] Names(string names) => names.Split(' ');
}
