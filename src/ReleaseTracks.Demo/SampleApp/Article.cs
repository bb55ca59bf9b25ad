namespace ReleaseTracks.Demo.SampleApp;

internal sealed record Article(int Id, string Topic, string Title, string Text)
{
    /// <summary>Newest first.</summary>
    public static IReadOnlyList<Article> All { get; } =
    [
        new(9, "city", "Night trams run until two", "The council extends tram hours on weekends. Bars asked for it, and drivers agreed after months of talks. A ticket costs the same as by day. The trial ends in spring, and then the numbers decide."),
        new(8, "science", "A telescope on the far side", "Engineers tested a folding antenna in the desert. It unfolds in nine minutes and weighs as much as a bicycle. On the far side of the Moon it would hear what the Earth drowns out. Launch is planned in four years."),
        new(7, "sport", "The late goal that counted", "A draw looked certain until the last minute. Then a corner came in low, and a defender of twenty scored her first goal. The keeper called it luck. The table calls it three points."),
        new(6, "health", "Sleep clinics see more students", "Clinics report twice as many students as five years ago. Most of them study at night and drink coffee late. Doctors advise fixed hours and daylight in the morning. Medicine, they say, is rarely the first answer."),
        new(5, "city", "Three bridges get new lamps", "The old lamps used as much power as a small village. New ones follow the traffic and dim when nobody passes. Residents may comment until Friday. Work begins at the northern bridge."),
        new(4, "science", "Moss that survives a year of frost", "A moss from the tundra grew again after a year at minus twenty. Researchers found a sugar that keeps its cells whole. Crops could borrow the trick one day. Until then the moss keeps its record."),
        new(3, "culture", "A library lends musical instruments", "Violins and drums now stand next to the novels. A loan lasts four weeks and costs nothing. The first cello was gone within the hour. The library asks for more donations."),
        new(2, "sport", "Club opens its pool at dawn", "Swimmers asked for earlier hours for years. From Monday the pool opens at five. Two volunteers keep watch until the staff arrive. The water, they promise, is warm."),
        new(1, "health", "Allergy season starts early", "Pollen arrived three weeks before the usual date. Pharmacies report empty shelves. Doctors advise to take medicine as prescribed and to rinse the hair at night. Rain is expected at the end of the week."),
    ];
}
